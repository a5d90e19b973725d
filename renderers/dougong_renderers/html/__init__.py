"""Screens as HTML pages: Jinja templates, forms bound with WTForms, and the scripts and styles they use."""
