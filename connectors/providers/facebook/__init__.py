"""Facebook Pages through facebook-sdk, behind our own session and our own reading of the answers."""
