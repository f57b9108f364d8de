"""Lists the fields of a whole flow, a row each.

A row's path is the name of its value in the report's JSON; with `_` for the dots it is the name of
its column in CSV, and behind ``flow.`` that of the field in filters.
"""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final, NamedTuple

from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.outcome import Closing, Opening
from tcptui.engine.tcp_state.states import CERTAINTY_LABELS, STATE_LABELS
from tcptui.engine.wireshark.flags import ALPHABETICAL, RESENT
from tcptui.fields.columns import flow_values as values
from tcptui.fields.columns.flow_values import (
    FlowValue,
    NumberOf,
    SecondsOf,
    TextsOf,
)
from tcptui.fields.value_kind import BILLION, UNITS, Value, ValueKind
from tcptui.findings.capture_point import Where
from tcptui.findings.kinds import FINDING_KINDS, WAIT_NAMES
from tcptui.findings.path_limits import LIMIT_NAMES
from tcptui.findings.verdict import VERDICTS

if TYPE_CHECKING:
    from tcptui.fields.field import Field
    from tcptui.fields.view import View

PREFIX: Final = "flow."
SIDES: Final = (("client", False), ("server", True))


class FlowField(NamedTuple):
    """A named value of a flow.

    ``unit`` is that of a number, ``choices`` are all texts that can occur, ``aliases`` other names
    of the field in filters, without ``flow.``. What is not ``reported`` is for filters alone.
    Where it ``is_moment``, its seconds count from 1970.
    """

    path: str
    kind: ValueKind
    value: FlowValue
    doc: str
    unit: str = ""
    choices: Collection[str] = ()
    aliases: tuple[str, ...] = ()
    reported: bool = True
    is_moment: bool = False

    @property
    def column_name(self) -> str:
        """The name of its column in CSV."""
        return self.path.replace(".", "_")

    def filter_field(self) -> "Field":
        """Return the field as filters and `packets -e` have it."""
        # Which a report does without.
        from tcptui.fields.columns.segment_values import Stream
        from tcptui.fields.field import Field

        return Field(
            PREFIX + self.path,
            self.kind,
            flow_getter(self.value),
            self.doc,
            key=Stream(),
            unit=self.unit or UNITS.get(self.kind, ""),
            bits=64,
            choices=self.choices,
            aliases=tuple(PREFIX + alias for alias in self.aliases),
            of_flow=True,
            is_moment=self.is_moment,
            single=not isinstance(self.value, TextsOf | values.IcmpNumbers),
        )


def flow_getter(value: FlowValue) -> "Callable[[View, int], Value]":
    """Return the function that reads the value of a row's flow."""
    return lambda view, row: value.value(view.flow_reader(row))


def retransmission_share(flow: Flow) -> int | None:
    """Return the part of the data segments that was sent again."""
    return flow.count_of_any(RESENT) * BILLION // flow.packets if flow.packets else None


def both_states(flow: Flow) -> list[str]:
    """Return the last states of client and server."""
    return [STATE_LABELS[flow.client.state], STATE_LABELS[flow.server.state]]


def endpoint_fields(side: str, is_server: bool) -> tuple[FlowField, ...]:
    """Return the fields of one endpoint."""
    return (
        FlowField(f"{side}.address", ValueKind.TEXT, values.Address(is_server),
                  f"address of the {side}"),
        FlowField(f"{side}.port", ValueKind.NUMBER, values.Port(is_server), f"port of the {side}"),
        FlowField(f"{side}.packets", ValueKind.NUMBER, values.PacketCount(is_server),
                  f"segments from the {side}"),
        FlowField(f"{side}.bytes", ValueKind.NUMBER, values.ByteCount(is_server),
                  f"payload from the {side}", "bytes"),
        FlowField(f"{side}.unique_bytes", ValueKind.NUMBER, values.UniqueByteCount(is_server),
                  f"payload from the {side} without what it sent again", "bytes"),
        FlowField(f"{side}.state", ValueKind.TEXT, values.StateWord(is_server),
                  f"last state of the {side}", choices=STATE_LABELS),
        FlowField(f"{side}.certainty", ValueKind.TEXT, values.CertaintyWord(is_server),
                  f"how sure the {side}'s state is", choices=CERTAINTY_LABELS),
    )  # fmt: skip


def limit_field(cause: str) -> FlowField:
    """Return the field for filters that has how long one cause limited the bulk transfer."""
    doc = f"how long the bulk transfer was limited by: {cause.replace('_', ' ')}"
    return FlowField(
        f"limits.{cause}", ValueKind.SECONDS, values.LimitSeconds(cause), doc, reported=False
    )


NAME_ROWS: Final = (
    FlowField("names.sni", ValueKind.TEXT, values.Sni(),
              "the server that the client's TLS hello names"),
    FlowField("names.alpn", ValueKind.NAMES, values.Alpn(),
              "the protocols that the client's TLS hello offers"),
    FlowField("names.http_host", ValueKind.TEXT, values.HttpHost(),
              "the host that the first HTTP/1 request asks"),
    FlowField("names.http_method", ValueKind.TEXT, values.HttpMethod(),
              "the method of that request"),
    FlowField("names.http_path", ValueKind.TEXT, values.HttpPath(),
              "the target of that request"),
    FlowField("names.ssh_client", ValueKind.TEXT, values.SshClient(),
              "the version with which the client's SSH begins"),
    FlowField("names.ssh_server", ValueKind.TEXT, values.SshServer(),
              "the version with which the server's SSH begins"),
    FlowField("names.greeting", ValueKind.TEXT, values.BannerName(),
              "the name by which a server of SMTP, FTP, IMAP or POP3 calls itself"),
    FlowField("names.dns", ValueKind.NAMES, values.DnsNames(),
              "what the client had asked DNS for when it got the server's address: the name, then "
              "those that it is an alias of"),
    FlowField("names.process.name", ValueKind.TEXT, values.OwnerName(),
              "the process that the flow belongs to, of a live capture or told by a comment; the "
              "client's where both ends are of one host", aliases=("process",)),
    FlowField("names.process.pid", ValueKind.NUMBER, values.OwnerPid(), "that process's number"),
    FlowField("names.process.user", ValueKind.TEXT, values.OwnerUser(), "the user whose it is"),
    FlowField("names.process.container", ValueKind.TEXT, values.OwnerContainer(),
              "the container that it runs in: the beginning of its ID, or its name"),
    FlowField("names.process.unit", ValueKind.TEXT, values.OwnerUnit(),
              "the unit of systemd that it runs in"),
    FlowField("names.process.side", ValueKind.TEXT, values.OwnerSide(), "which end is its",
              choices=tuple(side for side, _ in SIDES)),
)  # fmt: skip

TLS_ROWS: Final = (
    FlowField("tls.began", ValueKind.SECONDS, values.TlsBegan(),
              "when the ClientHello began, seconds since 1970", is_moment=True),
    FlowField("tls.server_hello", ValueKind.SECONDS, values.TlsAnswerTime(),
              "from the ClientHello to the ServerHello, or to what asks for another ClientHello"),
    FlowField("tls.handshake", ValueKind.SECONDS, values.TlsTime(),
              "how long the TLS handshake took, from the ClientHello until both had finished"),
    FlowField("tls.server", ValueKind.SECONDS, values.TlsServerTime(),
              "how long the server took for its TLS hello, without the way to it and back"),
    FlowField("tls.data", ValueKind.SECONDS, values.TlsDataTime(),
              "from the ClientHello to the first application data"),
    FlowField("tls.resumed", ValueKind.TEXT, values.TlsResumed(),
              "whether the TLS handshake resumed an earlier session", choices=values.RESUMED),
    FlowField("tls.alert", ValueKind.TEXT, values.TlsAlert(),
              "the fatal alert in clear text that ended the handshake: its name, or its number"),
)  # fmt: skip

FLOW_ROWS: Final[tuple[FlowField, ...]] = (
    FlowField("index", ValueKind.NUMBER, values.Index(), "number of the flow in this capture"),
    *(field for side, is_server in SIDES for field in endpoint_fields(side, is_server)),
    FlowField("first", ValueKind.SECONDS, values.FirstTime(),
              "time of the first segment, seconds since 1970", is_moment=True),
    FlowField("last", ValueKind.SECONDS, values.LastTime(),
              "time of the last segment, seconds since 1970", is_moment=True),
    FlowField("initial_rtt", ValueKind.SECONDS, values.HandshakeRtt(),
              "round-trip time of the handshake", aliases=("rtt",)),
    FlowField("completeness", ValueKind.NUMBER, values.Completeness(), "final tcp.completeness"),
    FlowField("opening", ValueKind.TEXT, values.OpeningWord(), "how the flow began",
              choices=tuple(one.label for one in Opening)),
    FlowField("closing", ValueKind.TEXT, values.ClosingWord(), "how the flow ended",
              choices=tuple(one.label for one in Closing)),
    FlowField("analysis", ValueKind.NAMES, values.FlagCounts(),
              "the analysis flags that its segments carry",
              choices=tuple(flag.name for flag in ALPHABETICAL)),
    FlowField("findings", ValueKind.NAMES, values.Findings(), "what is odd about the flow",
              choices=FINDING_KINDS.keys(), aliases=("finding",)),
    FlowField("timer.name", ValueKind.TEXT, values.TimerName(),
              "the timer that runs when the capture ends"),
    FlowField("timer.started", ValueKind.SECONDS, values.TimerStart(),
              "when that timer was started, seconds since 1970", is_moment=True),
    FlowField("timer.would_end", ValueKind.SECONDS, values.TimerEnd(),
              "when that timer would run out, seconds since 1970", is_moment=True),
    FlowField("conn_state", ValueKind.TEXT, values.ConnState(), "how Zeek sums the flow up"),
    FlowField("history", ValueKind.TEXT, values.History(), "Zeek's letters of what was seen"),
    FlowField("time.client", ValueKind.SECONDS, values.ClientTime(),
              "what the client's application took of the flow's time"),
    FlowField("time.server", ValueKind.SECONDS, values.ServerTime(),
              "what the server's application took of the flow's time"),
    FlowField("time.tcp", ValueKind.SECONDS, values.TcpTime(),
              "what TCP's timers and windows took of the flow's time"),
    FlowField("time.network", ValueKind.SECONDS, values.NetworkTime(),
              "what the network took of the flow's time"),
    FlowField("time.idle", ValueKind.SECONDS, values.IdleTime(),
              "how long the flow was idle after its last data, or its handshake where none came, "
              "and silent where the capture's clock jumps"),
    FlowField("limits", ValueKind.NAMES, values.Limits(),
              "what limited the flow's bulk transfer, the longest first",
              choices=LIMIT_NAMES),
    FlowField("sentence", ValueKind.TEXT, values.Sentence(),
              "who waited, how long, for what; then where the time went"),
    FlowField("worst_stall.kind", ValueKind.TEXT, values.WorstKind(),
              "what made the flow wait longest at once", choices=tuple(WAIT_NAMES.values())),
    FlowField("worst_stall.seconds", ValueKind.SECONDS, values.WorstSeconds(),
              "how long that wait was"),
    FlowField("worst_stall.frame", ValueKind.NUMBER, values.WorstFrame(),
              "the frame that ended that wait"),
    FlowField("capture_point", ValueKind.TEXT, values.CapturePointText(),
              "which end the capture was taken at", choices=tuple(one.value for one in Where)),
    FlowField("turns", ValueKind.NUMBER, values.TurnCount(),
              "requests that were answered, behind the handshake of TLS"),
    FlowField("verdict", ValueKind.TEXT, values.VerdictWord(),
              "whether there is trouble, only something to note, or neither",
              choices=tuple(one.label for one in VERDICTS)),
    FlowField("cost", ValueKind.SECONDS, values.Cost(),
              "how long an application waited in vain, or longer than needed"),
    FlowField("waited_in_vain.side", ValueKind.TEXT, values.VainSide(),
              "who waited for what never came", choices=tuple(side for side, _ in SIDES)),
    FlowField("waited_in_vain.seconds", ValueKind.SECONDS, values.VainSeconds(),
              "how long it waited for that"),
    FlowField("waited_in_vain.for", ValueKind.TEXT, values.VainFor(),
              "what never came", choices=("answer", "data", "connection", "accept", "close")),
    *NAME_ROWS,
    *TLS_ROWS,
    FlowField("names.process.namespace", ValueKind.TEXT, values.OwnerNamespace(),
              "the network namespace of that process's socket, where it is not the one that "
              "captured: its name in `ip netns`, or its number"),
    *map(limit_field, LIMIT_NAMES),
    *(
        FlowField(f"{version}.{name}", ValueKind.NUMBER, values.IcmpNumbers(is_v6, shift),
                  f"the {name}s of the {title} errors that quote a segment of the flow",
                  reported=False)
        for version, title, is_v6 in (("icmp", "ICMP", False), ("icmpv6", "ICMPv6", True))
        for name, shift in (("type", 8), ("code", 0))
    ),
    FlowField("name", ValueKind.TEXT, values.BestName(),
              "the name that says best whose flow it is: that of TLS, of HTTP, of DNS, or the "
              "server's own", reported=False),
    FlowField("state", ValueKind.TEXT, TextsOf(both_states), "last state of either side",
              choices=STATE_LABELS, reported=False),
    FlowField("packets", ValueKind.NUMBER, NumberOf(lambda flow: flow.packets),
              "segments of both sides", reported=False),
    FlowField("bytes", ValueKind.NUMBER,
              NumberOf(lambda flow: flow.client.bytes + flow.server.bytes),
              "payload of both sides", "bytes", reported=False),
    FlowField("duration", ValueKind.SECONDS,
              SecondsOf(lambda flow: flow.lasted()),
              "from the first segment to the last, without jumps of the capture's clock",
              reported=False),
    FlowField("retransmissions", ValueKind.NUMBER,
              NumberOf(lambda flow: flow.count_of_any(RESENT)),
              "segments that were sent again", reported=False),
    FlowField("retransmission_share", ValueKind.SHARE, SecondsOf(retransmission_share),
              "part of all segments that was sent again", reported=False),
)  # fmt: skip

OPTIONAL_OBJECTS: Final = ("timer", "worst_stall", "waited_in_vain", "tls")
"""The JSON objects that are null where their first field is absent."""
SPARSE_OBJECTS: Final = {"names": values.AnyName(), "names.process": values.AnyOwner()}
"""The JSON objects that lack the fields that are absent, each with what is absent where there is
none of them."""
