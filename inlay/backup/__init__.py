"""`inlay backup` and `inlay restore`: the database and the pictures of the embedded mode, in one file."""
