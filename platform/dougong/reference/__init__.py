"""The reference manual, written from the registries so that it cannot say anything else than they do."""
