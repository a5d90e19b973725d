"""Tables of the platform and of the apps: made from the model, changed by plan and apply, recorded in a ledger."""
