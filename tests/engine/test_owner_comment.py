"""Comments that tell the process of a packet: this program's, ptcpdump's, rustnet's."""

import pytest

from tcptui.engine.names.owner import Owner
from tcptui.engine.names.owner_comment import comment_of, may_tell_owner, owner_in

HEX = "0123456789abcdef" * 4
NGINX = Owner("nginx", 412, "www-data", HEX[:12], "nginx.service", "server")

TOLD = {
    "ptcpdump": (
        "PID: 3345\nCmd: /usr/bin/curl\nArgs: curl a:b\n"
        "UserId: 33\n"
        "ParentPID: 12\nParentCmd: /bin/bash\nParentArgs: bash\n"
        f"ContainerName: web\nContainerId: {HEX}\nContainerImage: x:1\nContainerLabels: a=b",
        ("curl", 3345, "33", HEX[:12], "", ""),
    ),
    "ptcpdump's container alone": ("ContainerName: web\nContainerImage: x",
                                   ("", 0, "", "web", "", "")),
    "rustnet": (
        f"rustnet process=curl pid=77 ppid=1 uid=1000 attr=exact container_id={HEX} "
        "direction=outgoing app=HTTPS sni=example.com",
        ("curl", 77, "1000", HEX[:12], "", "client"),
    ),
    "rustnet, incoming": ("rustnet process=sshd pid=9 direction=incoming",
                          ("sshd", 9, "", "", "", "server")),
    "pcap_enrich": ("PID:412 Process:nginx: worker", ("nginx: worker", 412, "", "", "", "")),
    "pcap_enrich, a name alone": ("Process:nginx", ("nginx", 0, "", "", "", "")),
    "a name with controls": ("PID: 5\nProcess: \x1b[2J\u202e",
                             (r"\x1b[2J\u202e", 5, "", "", "", "")),
    "a number that is none": ("PID: ٣\nCmd: x", ("x", 0, "", "", "", "")),
    "a number that is too long": ("PID: 99999999999\nCmd: x", ("x", 0, "", "", "", "")),
    "a side that is none": ("PID: 1\nSide: up", ("", 1, "", "", "", "")),
    "the first of each counts": ("PID: 1\nPID: 2", ("", 1, "", "", "", "")),
}  # fmt: skip


def values(owner: Owner | None) -> tuple[str, int, str, str, str, str] | None:
    if owner is None:
        return None
    return owner.name, owner.pid, owner.user, owner.container, owner.unit, owner.side


@pytest.mark.parametrize(("comment", "owner"), TOLD.values(), ids=TOLD)
def test_read(comment: str, owner: tuple[str, int, str, str, str, str]) -> None:
    assert may_tell_owner(comment.encode())
    assert values(owner_in(comment)) == owner


@pytest.mark.parametrize(
    "comment",
    ["", "PID:", "PID: \nCmd: /", "rustnet ", "rustnet app=HTTPS", "\n" * 100_000 + "PID: 1"],
)
def test_nothing_is_told(comment: str) -> None:
    assert owner_in(comment) is None


def test_other_comments_are_not_looked_at() -> None:
    assert not may_tell_owner(b"#12 of a.pcap: a retransmission; PID: 12")


@pytest.mark.parametrize("owner", [NGINX, Owner("a b\\n", 1, "root", "", "", "client")])
def test_what_is_written_is_read_again(owner: Owner) -> None:
    assert may_tell_owner(comment_of(owner).encode())
    assert values(owner_in(comment_of(owner))) == values(owner)


@pytest.mark.parametrize("namespace", ["", "blue", "4026532001"])
def test_the_namespace_is_read_again(namespace: str) -> None:
    again = owner_in(comment_of(Owner("curl", 77, "root", "", "", "client", namespace)))
    assert again is not None
    assert again.namespace == namespace


def test_a_long_name_is_cut() -> None:
    owner = owner_in("PID: 1\nProcess: " + "x" * 100_000)
    assert owner is not None
    assert len(owner.name) == 255
