"""As much of MongoDB's wire protocol as it takes to found a replica set and to ask it how it is: OP_MSG with a little BSON.

No driver, so that the scripts need nothing but Python. https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ and
https://bsonspec.org are the sources. Types without a Python counterpart here (Timestamp, ObjectId, …) are read as ints and bytes.
"""
import socket
import struct

OP_MSG = 2013


class CommandFailed(Exception):
    """The server answered, with ok: 0. `code` and `name` are the server's."""

    def __init__(self, answer):
        super().__init__(answer.get("errmsg", str(answer)))
        self.code, self.name = answer.get("code"), answer.get("codeName")


def command(port, document, database="admin", timeout=5.0):
    """Runs one command on 127.0.0.1:port and returns the answer. OSError when nobody (or nobody sensible) is there."""
    body = encode(dict(document, **{"$db": database}))
    with socket.create_connection(("127.0.0.1", port), timeout) as s:
        # header: length, request id, response to, opcode; then flags and one section of kind 0
        s.sendall(struct.pack("<iiiiIB", 21 + len(body), 1, 0, OP_MSG, 0, 0) + body)
        length, _, _, opcode = struct.unpack("<iiii", receive(s, 16))
        if opcode != OP_MSG or not 21 < length <= 48 << 20:
            raise ConnectionError(f"what answers on port {port} is not MongoDB")
        answer = decode(receive(s, length - 16)[5:])
    if answer.get("ok") != 1:
        raise CommandFailed(answer)
    return answer


def receive(s, count):
    parts = []
    while count > 0:
        part = s.recv(min(count, 1 << 16))
        if not part:
            raise ConnectionError("the connection was closed in the middle of an answer")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def encode(document):
    body = b"".join(element(str(k), v) for k, v in document.items())
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def element(key, value):
    name = key.encode() + b"\0"
    if value is None:
        return b"\x0a" + name
    if isinstance(value, bool):  # before int: a bool is one
        return b"\x08" + name + (b"\1" if value else b"\0")
    if isinstance(value, int):
        return b"\x10" + name + struct.pack("<i", value) if -2**31 <= value < 2**31 else b"\x12" + name + struct.pack("<q", value)
    if isinstance(value, float):
        return b"\x01" + name + struct.pack("<d", value)
    if isinstance(value, str):
        text = value.encode() + b"\0"
        return b"\x02" + name + struct.pack("<i", len(text)) + text
    if isinstance(value, dict):
        return b"\x03" + name + encode(value)
    if isinstance(value, (list, tuple)):
        return b"\x04" + name + encode(dict(enumerate(value)))
    if isinstance(value, bytes) and len(value) == 12:  # an ObjectId as decode() gave it
        return b"\x07" + name + value
    raise TypeError(f"cannot be sent: {key}={value!r}")


def decode(data):
    return read_document(data, 0)[0]


def read_document(data, at):
    end = at + struct.unpack_from("<i", data, at)[0]
    at, result = at + 4, {}
    while data[at] != 0:
        kind, stop = data[at], data.index(b"\0", at + 1)
        key = data[at + 1:stop].decode()
        result[key], at = read_value(kind, data, stop + 1)
    return result, end


def read_value(kind, data, at):
    if kind in (0x03, 0x04):
        value, end = read_document(data, at)
        return (list(value.values()) if kind == 0x04 else value), end
    if kind == 0x02:
        length = struct.unpack_from("<i", data, at)[0]
        return data[at + 4:at + 3 + length].decode(errors="replace"), at + 4 + length
    if kind == 0x05:  # binary: length, subtype, bytes
        length = struct.unpack_from("<i", data, at)[0]
        return data[at + 5:at + 5 + length], at + 5 + length
    if kind == 0x08:
        return data[at] != 0, at + 1
    if kind == 0x0a:
        return None, at
    if kind == 0x07:
        return data[at:at + 12], at + 12
    if kind == 0x13:  # decimal128, not needed here
        return data[at:at + 16], at + 16
    plain = {0x01: "<d", 0x10: "<i", 0x12: "<q", 0x09: "<q", 0x11: "<Q"}.get(kind)
    if not plain:
        raise ValueError(f"an element of type {kind:#x} is not expected here")
    return struct.unpack_from(plain, data, at)[0], at + struct.calcsize(plain)
