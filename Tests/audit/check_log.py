"""Checks the log of a running server with an implementation that shares nothing with it.

The tree is pymerkle's, made of the entries that the server publishes; consistency proofs are checked by the steps of
RFC 9162, section 2.1.4.2; signatures by openssl. Ends with 1 and a line for each thing that is not right.
"""

import base64
import hashlib
import json
import struct
import subprocess
import sys
import tempfile
import urllib.request

from pymerkle import InclusionProof, InmemoryTree

# SubjectPublicKeyInfo of Ed25519 (RFC 8410), up to the 32 bytes of the key.
SPKI_HEAD = bytes.fromhex("302a300506032b6570032100")
FULL = 256


class Log:
    def __init__(self, address, token):
        self.address, self.token = address, token

    def get(self, path):
        request = urllib.request.Request(self.address + path, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def data(self, path):
        return json.loads(self.get(path))["data"]

    def tile(self, level, index, width):
        groups = [f"{index % 1000:03}"]
        while index >= 1000:
            index //= 1000
            groups.insert(0, f"x{index % 1000:03}")
        partial = "" if width == FULL else f".p/{width}"
        return self.get(f"/tile/{level}/{'/'.join(groups)}{partial}")

    def tiles(self, level, count):
        for index in range((count + FULL - 1) // FULL):
            width = min(FULL, count - index * FULL)
            yield index, width, self.tile(level, index, width)


def parse_note(note):
    text, signatures = note.rsplit("\n\n", 1)
    origin, size, root = text.split("\n")[:3]
    return text + "\n", origin, int(size), base64.b64decode(root), signatures.splitlines()


def check_signature(text, line, vkey):
    name, key_hash, key = vkey.split("+", 2)
    dash, signer, signature = line.split(" ")
    raw, public = base64.b64decode(signature), base64.b64decode(key)
    expected = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    require((dash, signer, raw[:4], expected.hex()) == ("\u2014", name, expected, key_hash), "the key's name and hash")
    with tempfile.TemporaryDirectory() as folder:
        for file, content in (("key", SPKI_HEAD + public[1:]), ("text", text.encode()), ("signature", raw[4:])):
            with open(f"{folder}/{file}", "wb") as target:
                target.write(content)
        verdict = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", f"{folder}/key", "-rawin", "-in",
             f"{folder}/text", "-sigfile", f"{folder}/signature"], capture_output=True)
        require(verdict.returncode == 0, "the signature of the checkpoint, by openssl")


def read_entries(log, size):
    entries = []
    for _, width, bundle in log.tiles("entries", size):
        before, place = len(entries), 0
        while place < len(bundle):
            (length,) = struct.unpack_from(">H", bundle, place)
            entries.append(bundle[place + 2:place + 2 + length])
            place += 2 + length
        require(len(entries) - before == width, "the number of entries in a bundle")
    return entries


def check_tiles(log, tree, size):
    level = 0
    while size >> (8 * level):
        count, step = size >> (8 * level), FULL ** level
        for index, width, tile in log.tiles(level, count):
            nodes = [tile[place:place + 32] for place in range(0, len(tile), 32)]
            for offset, node in enumerate(nodes):
                start = (index * FULL + offset) * step
                require(node == tree._get_root(start, start + step), f"node {offset} of tile {level}/{index}")
        level += 1


def check_inclusion(log, tree, entries, vkey):
    for position in sorted({1, 2, len(entries) // 2, len(entries) - 1, len(entries)} - {0}):
        proof = log.data(f"/v1/audit/events/{position}/proof")
        text, _, size, root, signatures = parse_note(proof["checkpoint"])
        check_signature(text, signatures[0], vkey)
        entry = proof["entry"].encode()
        require(entry == entries[position - 1], f"the entry of position {position}")
        fields = json.loads(entry)
        for part in ("data", "metadata"):
            require(hashlib.sha256(proof[part].encode()).hexdigest() == fields[f"{part}_sha256"], f"{part} of {position}")
        leaf = hashlib.sha256(b"\x00" + entry).digest()
        path = [leaf] + [base64.b64decode(node) for node in proof["path"]]
        rule = tree.prove_inclusion(position, size).rule
        InclusionProof("sha256", True, size, position, rule, path).verify(leaf, root, index=position, size=size)


def is_consistent(first, first_root, second, second_root, path):
    """RFC 9162, section 2.1.4.2."""
    if first == second:
        return not path and first_root == second_root
    if first & (first - 1) == 0:
        path = [first_root] + path
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr = hashlib.sha256(b"\x01" + c + fr).digest()
            sr = hashlib.sha256(b"\x01" + c + sr).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = hashlib.sha256(b"\x01" + sr + c).digest()
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def check_consistency(log, tree, size):
    for first in sorted({1, 2, 3, size // 3, size // 2, size - 1, size} - {0}):
        proof = log.data(f"/v1/audit/consistency?from={first}&to={size}")
        roots = [base64.b64decode(proof[name]) for name in ("from_root", "to_root")]
        require(roots == [tree.get_root(first), tree.get_root(size)], f"the roots at {first} and {size}")
        path = [base64.b64decode(node) for node in proof["path"]]
        require(is_consistent(first, roots[0], size, roots[1], path), f"the consistency of {first} and {size}")


complaints = []


def require(holds, what):
    if not holds:
        complaints.append(what)


def main():
    log = Log(*sys.argv[1:3])
    vkey = log.data("/v1/audit/log")["key"]
    text, origin, size, root, signatures = parse_note(log.get("/checkpoint").decode())
    require(origin == vkey.split("+")[0], "the origin is the key's name")
    check_signature(text, signatures[0], vkey)
    entries = read_entries(log, size)
    tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    require(tree.get_root(size) == root, "the root over the published entries")
    check_tiles(log, tree, size)
    check_inclusion(log, tree, entries, vkey)
    check_consistency(log, tree, size)
    for complaint in complaints:
        print(f"audit: this does not hold: {complaint}")
    print(f"audit: {size} entries, their tree, proofs and signatures by another implementation: "
          + ("all right" if not complaints else f"{len(complaints)} complaints"))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
