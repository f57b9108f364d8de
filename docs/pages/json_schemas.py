"""The JSON Schema of everything that tcptui prints as JSON, made from the tables it is written by.

A field of flows or of segments is described by its row in :mod:`tcptui.fields`; what is no field is
described here, and the tests find what is missing: they let no undocumented member pass.
"""

from typing import Final

from docs.pages.json_shapes import (
    BOOLEAN,
    INTEGER,
    NUMBER,
    TEXT,
    Shape,
    counts,
    document,
    listed,
    nullable,
    object_of,
    one_of,
    said,
    word,
)
from tcptui.diagnosis.fact_texts import FACTS
from tcptui.engine.wireshark.flags import ALPHABETICAL, Severity
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.fields.field import Field
from tcptui.fields.flow_fields import OPTIONAL_OBJECTS, SPARSE_OBJECTS, FlowField
from tcptui.fields.reported import REPORTED
from tcptui.fields.schema import SCHEMA
from tcptui.fields.value_kind import ValueKind
from tcptui.findings.flow_groups import WAITED_FOR
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.findings.path_limits import LIMIT_NAMES
from tcptui.findings.sides import SIDES

FLAGS: Final = word(flag.name for flag in ALPHABETICAL)
SEVERITIES: Final = one_of(severity.value for severity in Severity)
RULES: Final = said(word(RULE_SETS), "the Wireshark release whose rules decided")
SIDE: Final = one_of(SIDES)
VERSION: Final = said(TEXT, "the version of tcptui")
SCHEMA_NUMBER: Final = said(INTEGER, "the version of this schema, see docs/json.md")
WARNINGS: Final = said(listed(TEXT), "what is damaged or odd about the capture")

TYPES: Final[dict[ValueKind, Shape]] = {
    ValueKind.NUMBER: INTEGER,
    ValueKind.SIGNED: INTEGER,
    ValueKind.SECONDS: NUMBER,
    ValueKind.TIME: TEXT,
    ValueKind.SHARE: NUMBER,
    ValueKind.HEX: INTEGER,
    ValueKind.ETHER: TEXT,
    ValueKind.BIT: INTEGER,
    ValueKind.PRESENCE: INTEGER,
    ValueKind.TEXT: TEXT,
    ValueKind.IPV4: TEXT,
    ValueKind.IPV6: TEXT,
    ValueKind.NAMES: listed(TEXT),
    ValueKind.BYTES: TEXT,
}
"""What the values of each kind are in JSON."""

FINDING: Final = object_of({
    "kind": said(word(FINDING_KINDS), "what it is, see docs/diagnosis.md; more kinds may join"),
    "severity": said(SEVERITIES, "how grave, by Wireshark's words"),
    "count": said(INTEGER, "how often it happened in the flow"),
    "first_frame": said(INTEGER, "the frame where it began; 0 where no frame shows it"),
    "last_frame": said(INTEGER, "the frame where it ended"),
    "side": said(nullable(SIDE), "whose it is; null where it is nobody's"),
    "cost": said(nullable(NUMBER), "seconds that somebody waited for it"),
    "text": said(TEXT, "the finding in words: the claim, then why, behind semicolons"),
})  # fmt: skip
LIMIT: Final = object_of({
    "cause": said(word(LIMIT_NAMES), "what held the transfer back"),
    "side": said(nullable(SIDE), "whose it is; null for the path"),
    "seconds": said(NUMBER, "for how long"),
})  # fmt: skip
COMPOUND: Final[dict[str, Shape]] = {
    "analysis": counts(FLAGS),
    "findings": listed(FINDING),
    "limits": listed(LIMIT),
}
"""Fields of a flow whose JSON says more than their cell."""
IN_VAIN: Final = WAITED_FOR[-1]
MAY_BE_NULL: Final = ("initial_rtt", "sentence", "verdict", "cost")
"""Fields of a flow that some flows lack."""


def flow_value(row: FlowField) -> Shape:
    """Return the shape of a field of flows."""
    shape = COMPOUND.get(row.path) or TYPES[row.kind]
    if row.choices and row.path not in COMPOUND:
        shape = {**shape, "enum": list(row.choices)}
    if row.path in MAY_BE_NULL:
        shape = nullable(shape)
    return said(shape, f"{row.doc}, {row.unit}" if row.unit else row.doc)


def depth(inner: tuple[str, dict[str, Shape]]) -> int:
    """Return in how many objects an object stands."""
    return inner[0].count(".")


def flow() -> Shape:
    """Return the shape of a flow, from the rows of its fields."""
    members: dict[str, Shape] = {}
    inside: dict[str, dict[str, Shape]] = {}
    for row in REPORTED.rows:
        outer, _, name = row.path.rpartition(".")
        if outer:
            if outer not in inside and "." not in outer:
                members[outer] = {}
            inside.setdefault(outer, {})[name] = flow_value(row)
        else:
            members[name] = flow_value(row)
    for outer, its in sorted(inside.items(), key=depth, reverse=True):
        shape = object_of(its, optional=list(its) if outer in SPARSE_OBJECTS else [])
        place, _, name = outer.rpartition(".")
        home = inside[place] if place else members
        home[name] = nullable(shape) if outer in OPTIONAL_OBJECTS else shape
    members["evidence"] = said(listed(evidence()), "with --evidence: of each flagged segment")
    return object_of(members, optional=["evidence"])


CAPTURE_FINDING: Final = object_of({
    "kind": said(word(FINDING_KINDS), "what it is"),
    "severity": said(SEVERITIES, "the worst of its flows'"),
    "side": said(nullable(SIDE), "whose it is; null where it is not the same in all flows"),
    "cost": said(nullable(NUMBER), "seconds, of all its flows together"),
    "text": said(TEXT, "the finding in words"),
    "flows": said(listed(INTEGER), "the numbers of its flows"),
})  # fmt: skip
HOST_PAIR: Final = object_of({
    "client": said(nullable(TEXT), "address; null stands for all hosts without an entry"),
    "server": said(nullable(TEXT), "address; null as for the client"),
    "flows": INTEGER,
    "packets": INTEGER,
    "client_bytes": INTEGER,
    "server_bytes": INTEGER,
    "first": said(NUMBER, "seconds since 1970"),
    "last": said(NUMBER, "seconds since 1970"),
})  # fmt: skip
CAPTURE: Final = object_of({
    "files": said(listed(TEXT), "names of the files or interfaces"),
    "format": said(TEXT, "of the files"),
    "link_types": said(listed(INTEGER), "LINKTYPE_ numbers of the interfaces"),
    "packets": said(INTEGER, "all packets, TCP or not"),
    "tcp_packets": said(INTEGER, "segments: a packet may hold several"),
    "first": said(nullable(NUMBER), "time of the first packet, seconds since 1970"),
    "last": said(nullable(NUMBER), "time of the last packet, seconds since 1970"),
    "dropped": said(nullable(INTEGER), "packets that the capture lost, as far as it says so"),
    "skipped": said(counts(TEXT), "packets without a TCP row, by reason"),
    "folded": said(nullable(object_of({"flows": INTEGER, "pairs": listed(HOST_PAIR)})),
                   "of a rolling capture: the flows that only totals are left of"),
    "warnings": WARNINGS,
    "rules": RULES,
    "engine": said(one_of(["compiled", "interpreted"]), "how the engine runs"),
    "version": VERSION,
    "schema": SCHEMA_NUMBER,
    "verdict": said(nullable(one_of(["ok", "note", "trouble"])),
                    "of all flows together; null with --no-findings"),
    "findings": said(listed(CAPTURE_FINDING), "a row for each kind over all flows, the worst "
                     "first"),
})  # fmt: skip

GROUP: Final = object_of({
    "key": {"type": ["string", "integer"],
            "description": "of what its flows are: a text, a port or a VLAN; `unknown`, and `none` "
            "where there is no VLAN"},
    "flows": said(INTEGER, "how many they are"),
    "bytes": said(INTEGER, "payload of both sides"),
    "failed": said(INTEGER, "flows that were refused, not answered or cut"),
    "retransmission_share": said(NUMBER, "part of all segments that was sent again, 0 to 1"),
    "waited": said(object_of({
        **{name: said(NUMBER, f"seconds, the sum of the flows' time.{name}")
           for name in WAITED_FOR if name != IN_VAIN},
        IN_VAIN: said(NUMBER, "seconds, the sum of their waited_in_vain.seconds; they may be among "
                      "the others too"),
    }), "for what the flows waited"),
    "worst_rtt": said(nullable(NUMBER), "seconds, the longest of a handshake or of data and its "
                      "ACK"),
    "first": said(NUMBER, "time of the first segment, seconds since 1970"),
    "last": said(NUMBER, "time of the last segment, seconds since 1970"),
})  # fmt: skip

FACT_TYPES: Final[dict[str, Shape]] = {
    "number": said(INTEGER, "a relative sequence number"),
    "raw": INTEGER,
    "bytes": INTEGER,
    "count": INTEGER,
    "frame": INTEGER,
    "frames": listed(INTEGER),
    "time": said(NUMBER, "seconds"),
    "text": TEXT,
}
"""What facts of each unit are in JSON."""
BECAUSE: Final = listed(object_of({
    "frame": said(nullable(INTEGER), "where the number comes from; null for a limit of the rules"),
    "name": said(word([*FACTS, *SCHEMA.by_name]), "what it is"),
    "value": {"type": ["integer", "number", "string"], "description": "times in seconds"},
}))  # fmt: skip
NOT: Final = listed(object_of({
    "rule": said(TEXT, "what was asked"),
    "why": said(TEXT, "why it did not fire"),
}))  # fmt: skip


def flag_evidence() -> Shape:
    """Return the shape of what is said of one flag; facts are there where they are known."""
    facts = {
        name: said(FACT_TYPES[fact.unit], f"{fact.label}, {fact.unit}")
        for name, fact in FACTS.items()
    }
    always = {
        "flag": said(FLAGS, "its name after tcp.analysis."),
        "severity": SEVERITIES,
        "rule": said(TEXT, "the rule that the release goes by, in words"),
        "text": said(TEXT, "why this segment has the flag"),
        "because": said(BECAUSE, "the numbers that the rule looked at"),
        "not": said(NOT, "the rules that were asked before"),
    }
    return object_of(always | facts, optional=list(facts))


def evidence() -> Shape:
    """Return the shape of the evidence for one segment."""
    proof = object_of({"claim": said(TEXT, "what is proved"), "text": said(TEXT, "how")})
    return object_of({
        "frame": INTEGER,
        "flow": said(INTEGER, "number of its flow"),
        "sender": SIDE,
        "text": said(TEXT, "the segment in words"),
        "flags": listed(flag_evidence()),
        "strict": said(listed(proof), "what the capture proves beyond Wireshark's rules"),
        "sack": said(listed(TEXT), "SACK blocks, start:end, relative"),
        "dsack": said(BOOLEAN, "whether the first of them is a D-SACK"),
        "timestamps": said(nullable(listed(INTEGER)), "the time stamps: own, echoed"),
        "checksum": said(nullable(TEXT), "in words; null where the packet is gone"),
    })  # fmt: skip


def release_verdict() -> Shape:
    """Return the shape of what one release says of a segment."""
    return object_of({
        "rules": RULES,
        "analysis": said(listed(FLAGS), "the flags that it gives"),
        "rule": said(nullable(TEXT), "the rules that fired, in the order of asking"),
        "because": BECAUSE,
        "not": NOT,
        "unknown": said(TEXT, "why its rules cannot be run again, where that is so"),
    }, optional=["unknown"])  # fmt: skip


def column_value(field: Field) -> Shape:
    """Return the shape of a column of `packets`; any may be absent, and then it is null."""
    shape = TYPES[field.kind]
    if field.choices and field.kind is not ValueKind.NAMES:
        shape = {**shape, "enum": list(field.choices)}
    if field.kind is ValueKind.NAMES and field.name == "analysis":
        shape = listed(FLAGS)
    return said(nullable(shape), field.doc)


def chosen_value(field: Field) -> Shape:
    """Return the shape of a field that -e asks for: null, a value, or a list where there are
    several."""
    types = {TYPES[field.kind]["type"], "array", "null"}
    return said({"type": sorted(types)}, field.doc)


def packets() -> Shape:
    """Return the shape of a line of `packets`."""
    plain = object_of({field.name: column_value(field) for field in SCHEMA.default_columns})
    known = SCHEMA.by_name | {field.name: field for field in SCHEMA.default_columns}
    members = {name: chosen_value(field) for name, field in known.items()}
    chosen = object_of(members, optional=list(members)) | {"minProperties": 1}
    return {"anyOf": [plain, chosen]}


WHERE: Final = {
    "from": said(TEXT, "the point before; `uncaptured` where its file lacks what must have passed"),
    "to": said(TEXT, "the point behind; `beyond` the last one, or `uncaptured`"),
    "direction": said(one_of(["c", "s"]), "sent by the client or by the server"),
}
FRAMES: Final = said(listed(listed(INTEGER)), "a list of frames for each point")
MOVED: Final = object_of(WHERE | {
    "segments": said(INTEGER, "as seen at `from`"), "bytes": INTEGER, "frames": FRAMES,
})  # fmt: skip
END: Final = object_of({"address": TEXT, "port": INTEGER})
FLOW_BETWEEN: Final = object_of({
    "index": said(listed(nullable(INTEGER)), "its number at each point; null where it is not seen"),
    "client": END,
    "server": END,
    "paired_bytes": INTEGER,
    "unpaired": listed(object_of({
        "point": TEXT,
        "reason": word(["outside", "crowded", "uncaptured", "lost_or_uncaptured"]),
        "packets": INTEGER,
        "bytes": INTEGER,
    })),
    "lost": listed(MOVED),
    "duplicated": listed(MOVED),
    "reordered": listed(MOVED),
    "delay": listed(object_of(WHERE | {
        "min": said(NUMBER, "seconds"), "median": said(NUMBER, "seconds"),
        "p99": said(NUMBER, "seconds"),
    })),
    "rewritten": listed(object_of(WHERE | {
        "field": word(["ttl", "mss", "window_scale", "sack", "timestamps", "ecn", "dscp", "isn",
                       "port", "address", "payload"]),
        "before": {"type": ["integer", "string", "null"]},
        "after": {"type": ["integer", "string", "null"]},
        "segments": INTEGER,
    })),
    "findings": listed(object_of({
        "kind": TEXT,
        "severity": SEVERITIES,
        "side": nullable(SIDE),
        "count": said(INTEGER, "segments"),
        "text": TEXT,
        "frames": FRAMES,
    })),
})  # fmt: skip
BETWEEN: Final = object_of({
    "rules": RULES,
    "version": VERSION,
    "schema": SCHEMA_NUMBER,
    "warnings": WARNINGS,
    "points": said(listed(object_of({
        "name": TEXT,
        "files": listed(TEXT),
        "packets": INTEGER,
        "clock_offset": said(nullable(NUMBER), "seconds, beside the first point's clock"),
        "clock_drift_ppm": nullable(NUMBER),
        "clock_error": said(nullable(NUMBER), "seconds"),
    })), "in the order of the path, the client's first"),
    "flows": said(listed(FLOW_BETWEEN), "those seen at two points or more"),
    "verdict": said(TEXT, "what happened, in words"),
})  # fmt: skip

MANIFEST: Final = object_of({
    "version": VERSION,
    "schema": SCHEMA_NUMBER,
    "rules": RULES,
    "options": object_of({
        "sources": said(listed(TEXT), "what was swept, without credentials"),
        "host_from": said(nullable(TEXT), "the pattern that finds the host"),
    }),
    "captures": said(listed(object_of({
        "capture": said(TEXT, "its path, or its address without credentials"),
        "host": TEXT,
        "size": said(nullable(INTEGER), "bytes"),
        "mtime": said(nullable(NUMBER), "when it was changed, seconds since 1970"),
        "etag": said(nullable(TEXT), "what an object store tells instead"),
        "state": one_of(["pending", "done", "broken"]),
        "error": said(nullable(TEXT), "why it is broken"),
        "run": said(listed(TEXT), "the captures that follow one another, of which it is one"),
        "joined": said(listed(TEXT), "those of them that were read as one with it, in order"),
        "files": said(
            listed(TEXT), "the files with its rows, of which pools have those of others too"
        ),
        "outline": said(nullable(object_of({
            "first_ns": said(nullable(INTEGER), "first packet, ns since 1970"),
            "last_ns": said(nullable(INTEGER), "last packet"),
            "packets": INTEGER,
            "format": TEXT,
            "dropped": said(nullable(INTEGER), "packets that the capture lost"),
            "warnings": WARNINGS,
        })), "what it says of itself"),
    })), "in the order of their names"),
})  # fmt: skip


def documents() -> dict[str, Shape]:
    """Return the schemas by the names of their files."""
    return {
        "report": document(
            "tcptui report", "the whole output",
            object_of({"capture": CAPTURE, "flows": listed(flow())}),
        ),
        "flow": document("tcptui report --format jsonl", "a line", flow()),
        "report-by": document(
            "tcptui report --by", "the whole output",
            object_of({
                "capture": CAPTURE,
                "groups": said(listed(GROUP),
                               "by the time waited without `in_vain`, the longest first"),
            }),
        ),
        "packets": document("tcptui packets --format json", "a line", packets()),
        "explain": document("tcptui explain --format json", "a line", evidence()),
        "explain-rules": document(
            "tcptui explain --rules all --format json", "a line", listed(release_verdict())
        ),
        "between": document("tcptui between --format json", "the whole output", BETWEEN),
        "manifest": document("tcptui sweep", "manifest.json of the data set", MANIFEST),
    }  # fmt: skip
