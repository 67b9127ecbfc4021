"""Things that stand, float or fly: each a handful of paper pieces around its own foot."""
