//! A web site on loopback that is slow, and misbehaves, on request.
