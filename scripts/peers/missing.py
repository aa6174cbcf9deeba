"""Why a peer cannot be tried here."""


class Missing(Exception):
    """Its text is the reason, for the user."""
