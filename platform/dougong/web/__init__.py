"""The web: routes that parse, call one verb or one screen builder, and hand the result to a renderer."""
