"""GraphQL over HTTP, ours and node's: the same documents, schema and rows, driven by wrk."""

import contextlib
import json
import pathlib
import shutil

from floors.programs import BENCHMARKS, ROOT, Missing
from load import http_load

SCHEMA = ROOT / "schemas" / "graphql" / "schema.graphqls"
ROWS_PER_PAGE = 100
SAMPLE = ("POST", "/v1/gql", '{"query":"{ adminBotStatuses { total } }"}')


def require_node():
    if shutil.which("node") is None or not pathlib.Path("/usr/share/nodejs/graphql").exists():
        raise Missing("node or its graphql is missing: run `apt-get install nodejs node-graphql`")


def rows_of(port, token, accounts):
    """What our server answers over REST, for the peer to answer too."""
    statuses, page = [], 1
    while True:
        answer = get(port, token, f"/v1/admin/bot-control/statuses?page={page}&per_page={ROWS_PER_PAGE}")
        statuses += answer["data"]
        if len(statuses) >= answer["meta"]["total"]:
            break
        page += 1
    names = [f"acct_{number:06d}" for number in range(accounts)]
    modules = {name: get(port, token, f"/v1/bot-modules?account_id={name}")["data"] for name in names}
    return {"statuses": statuses, "modules": modules}


def get(port, token, path):
    status, answer = http_load.request(port, "GET", path, token)
    if status != 200:
        raise Missing(f"GET {path} answers {status}")
    return json.loads(answer)


@contextlib.contextmanager
def peer(port, token, accounts, folder):
    """Node's server; gives (process, port)."""
    require_node()
    rows = pathlib.Path(folder) / "rows.json"
    rows.write_text(json.dumps(rows_of(port, token, accounts)))
    server = BENCHMARKS / "peers" / "graphql_server.mjs"
    arguments = ["node", server, "--schema", SCHEMA, "--rows", rows, "--token", token]
    with http_load.serving(arguments, "/health/ready", {"NODE_ENV": "production"}) as (process, peer_port):
        yield process, peer_port


def warm_up(port, token):
    """Starts the engine, which waits for its first request."""
    method, path, body = SAMPLE
    status, answer = http_load.request(port, method, path, token, body)
    if status != 200 or b'"data"' not in answer:
        raise Missing(f"/v1/gql answers {status}: {answer[:200].decode(errors='replace')}")


def check_same(port, peer_port, token, load, accounts):
    """Both sides answer the same, or the comparison is worthless."""
    body = {
        "gql_statuses": '{"query":"{ adminBotStatuses(page: 2, perPage: 5) { page total statuses '
                        '{ accountId accountName platform status effective revision } } }"}',
        "gql_fresh": '{"query":"{ adminBotStatuses(page: 3, perPage: 2) { statuses { accountId status } } }"}',
        "gql_modules": '{"query":"{ botModules(accountId: \\"acct_000002\\") { id moduleName enabled config revision } }"}',
    }[load]
    ours, theirs = (json.loads(http_load.request(each, "POST", "/v1/gql", token, body)[1]) for each in (port, peer_port))
    if ours != theirs:
        raise Missing(f"{load}: the answers differ: {str(ours)[:300]} and {str(theirs)[:300]}")
