"""Tests; helpers among them are imported from here: `from tests.storage.factory import …`."""
