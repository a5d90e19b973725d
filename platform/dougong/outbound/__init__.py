"""The one way in which this product asks other servers for something over HTTP."""

from dougong.outbound.client import Answer, Client, Limits
from dougong.outbound.problems import OutboundError

__all__ = ["Answer", "Client", "Limits", "OutboundError"]
