"""What schemathesis cannot know of the API from its document."""

import re
import time
import uuid

import parsing_lock  # noqa: F401
import requests
import schemathesis

KEY = "Idempotency-Key"
ATTEMPTS_MAX = 30


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


send_at_once = requests.adapters.HTTPAdapter.send


def send_as_told(adapter, request, **kwargs):
    """Addresses that guess credentials are slowed down, also with --rate-limit 0: wait as the answer says."""
    for _ in range(ATTEMPTS_MAX):
        response = send_at_once(adapter, request, **kwargs)
        if response.status_code != 429:
            break
        time.sleep(float(response.headers["Retry-After"]))
    return response


# The probes of schemathesis's own checks go past every hook.
requests.adapters.HTTPAdapter.send = send_as_told
