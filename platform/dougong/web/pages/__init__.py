"""The screens' routes: read the address and the form, call one verb or builder, answer with a page or go elsewhere."""
