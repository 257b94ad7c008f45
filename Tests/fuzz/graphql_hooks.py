"""What schemathesis cannot know of GraphQL from the schema."""

import parsing_lock  # noqa: F401
import schemathesis.graphql
from hypothesis import strategies as st
from schemathesis.graphql import nodes
from schemathesis.specs.graphql import schemas

schemathesis.graphql.scalar("Long", st.integers(min_value=0, max_value=2**53).map(nodes.Int))
schemathesis.graphql.scalar(
    "DateTime",
    st.one_of(st.datetimes().map(lambda moment: moment.isoformat() + "Z"), st.text()).map(nodes.String))
schemathesis.graphql.scalar("Moment", st.integers(min_value=0, max_value=40).map(lambda p: nodes.String(str(p))))
schemathesis.graphql.scalar(
    "JSON", st.one_of(st.text().map(nodes.String), st.integers().map(nodes.Int), st.booleans().map(nodes.Boolean)))
# Some of the demonstration's accounts, so that not everything is unknown.
accounts = st.sampled_from(["acct_aurora", "acct_basil"])
schemathesis.graphql.scalar("ID", st.one_of(accounts, st.text()).map(nodes.String))

judge = schemas.validate_graphql_response


def refuses(error):
    """Whether a field that was asked for says that what was asked cannot be done, as REST says with 4xx."""
    return "path" in error and 400 <= error.get("extensions", {}).get("status", 500) < 500


def judge_rest(case, payload):
    """Values may be out of range, unknown or not there: no GraphQL schema can say that. All else is a finding."""
    if isinstance(payload, dict) and payload.get("errors"):
        payload = {**payload, "errors": [error for error in payload["errors"] if not refuses(error)]}
    judge(case, payload)


schemas.validate_graphql_response = judge_rest
