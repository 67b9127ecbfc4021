"""Things that stand, float or fly. Each has a few paper pieces around its own foot."""
