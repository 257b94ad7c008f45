"""Threads take turns to parse Python, which Hypothesis does to print a lambda.

Before 3.11.8 they share a count of how deep they are, and now and then one finds that of another: "AST constructor
recursion depth mismatch" (python/cpython#106905).
"""

import ast
import threading

parse_at_once = ast.parse
turn = threading.RLock()


def parse_in_turn(*arguments, **options):
    with turn:
        return parse_at_once(*arguments, **options)


ast.parse = parse_in_turn
