"""The designer: rules, conditions and expressions put together by people."""
