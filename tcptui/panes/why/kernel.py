"""Words for what the kernel says of a flow's sockets on this host."""

from collections.abc import Iterable, Iterator

from tcptui.capture.live.owners.kernel_view import KernelEnd, TcpInfo
from tcptui.text.amounts import count
from tcptui.text.durations import duration


def of_kernel(ends: Iterable[KernelEnd]) -> Iterator[str]:
    """Yield a sentence for each end, and one where the packets say otherwise."""
    for end in ends:
        side = "server" if end.is_server else "client"
        if end.disagrees:
            yield (
                f"The kernel disagrees: the {side} is {end.state.label}, by the packets "
                f"{end.by_packets.label}."
            )
        figures = "; ".join(figures_of(end.info)) if end.info is not None else ""
        yield f"Kernel: the {side} is {end.state.label}{figures and '; '}{figures}."


def figures_of(info: TcpInfo) -> Iterator[str]:
    """Yield what the socket's figures are."""
    threshold = "none" if info.threshold is None else count(info.threshold)
    yield f"window {count(info.window)} segments, threshold {threshold}"
    if info.min_rtt is not None:
        yield f"least round trip {duration(info.min_rtt)}"
    yield f"{count(info.retransmitted)} sent again"
    if info.busy:
        limits = ((info.by_receive_window, "receive window"), (info.by_send_buffer, "send buffer"))
        told = [f"{duration(time)} limited by the {what}" for time, what in limits if time]
        yield f"busy {duration(info.busy)}{''.join(f', {one}' for one in told)}"
