"""The words of the interface, one module a part of the product; each has `WORDS`: key → (Chinese, English)."""
