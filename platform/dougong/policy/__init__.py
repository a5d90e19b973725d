"""Who may do what: grants compiled into predicates and field masks, each with a reason."""
