"""What schemathesis cannot know of the API from its document."""

import re
import uuid

import requests
import schemathesis

KEY = "Idempotency-Key"


class FreshKey(requests.auth.AuthBase):
    """Gives a request a key of its own at the very end, so that nothing else about it changes."""

    def __call__(self, request):
        request.headers[KEY] = str(uuid.uuid4())
        return request


@schemathesis.hook
def before_call(context, case, kwargs):
    """A well-formed Idempotency-Key is refused, rightly, when another request had the same one."""
    if re.fullmatch("[!-~]{1,255}", str((case.headers or {}).get(KEY, ""))):
        kwargs["auth"] = FreshKey()
