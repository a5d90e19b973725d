"""The words of the product: frozen, complete, without a file, a database or a web in sight."""
