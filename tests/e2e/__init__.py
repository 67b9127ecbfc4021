"""Browser tests. They are a package, so that they share one server and one browser, which end with the last of them."""
