"""Capture filters run on packets: the classic BPF machine, on what libpcap compiled.

Compiled. The rules are those of libpcap's bpf_filter.c; a load beyond the packet refuses it.
"""

from typing import Final

from librt.strings import read_i16_be, read_i32_be
from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.engine.records import Records
from tcptui.engine.sequence import MASK32

CLASS: Final = 0x07
LD: Final = 0x00
LDX: Final = 0x01
ST: Final = 0x02
STX: Final = 0x03
ALU: Final = 0x04
JMP: Final = 0x05
RET: Final = 0x06

MODE: Final = 0xE0
ABS: Final = 0x20
IND: Final = 0x40
MEM: Final = 0x60
LEN: Final = 0x80
MSH: Final = 0xA0

SIZE: Final = 0x18
WORD: Final = 0x00
HALF: Final = 0x08

OPERATION: Final = 0xF0
FROM_X: Final = 0x08
RET_A: Final = 0x10
TXA: Final = 0x80
WORDS: Final = 16
OUTSIDE: Final = -1


class BpfProgram:
    """A program that libpcap compiled: operation, the two jumps and the constant of each
    instruction."""

    def __init__(self) -> None:
        self.operation: vec[i64] = vec[i64]()
        self.jump_true: vec[i64] = vec[i64]()
        self.jump_false: vec[i64] = vec[i64]()
        self.constant: vec[i64] = vec[i64]()
        self.memory: vec[i64] = vec[i64]([0] * WORDS)

    def add(self, operation: int, jump_true: int, jump_false: int, constant: int) -> None:
        """Append one instruction, with the fields of struct bpf_insn."""
        self.operation = append(self.operation, i64(operation))
        self.jump_true = append(self.jump_true, i64(jump_true))
        self.jump_false = append(self.jump_false, i64(jump_false))
        self.constant = append(self.constant, i64(constant))

    def admits(self, data: bytes, start: i64, captured: i64, original: i64) -> bool:
        """Return whether the packet at `data[start:start + captured]` passes."""
        a: i64 = 0
        x: i64 = 0
        at: i64 = 0
        while True:
            operation = self.operation[at]
            k = self.constant[at]
            kind = operation & CLASS
            if kind == JMP:
                at += self.jump(at, operation, a, x, k)
            elif kind == LD:
                a = self.load(operation, data, start, captured, original, x, k)
                if a == OUTSIDE:
                    return False
            elif kind == RET:
                return (a if operation & OPERATION & RET_A else k) != 0
            elif kind == ALU:
                a = calculate(operation & OPERATION, a, x if operation & FROM_X else k)
                if a == OUTSIDE:
                    return False
            elif kind == LDX:
                x = self.load_index(operation, data, start, captured, original, k)
                if x == OUTSIDE:
                    return False
            elif kind == ST:
                self.memory[k] = a
            elif kind == STX:
                self.memory[k] = x
            elif operation & OPERATION == TXA:
                a = x
            else:
                x = a
            at += 1

    def jump(self, at: i64, operation: i64, a: i64, x: i64, k: i64) -> i64:
        """Return how many instructions a jump skips."""
        other = x if operation & FROM_X else k
        test = operation & OPERATION
        if test == 0x10:
            yes = a == other
        elif test == 0x20:
            yes = a > other
        elif test == 0x30:
            yes = a >= other
        elif test == 0x40:
            yes = (a & other) != 0
        else:
            return k
        return self.jump_true[at] if yes else self.jump_false[at]

    def load(
        self, operation: i64, data: bytes, start: i64, captured: i64, original: i64, x: i64, k: i64
    ) -> i64:
        """Return the accumulator's new value, or OUTSIDE if it lies beyond the packet."""
        mode = operation & MODE
        if mode == ABS:
            return read(operation & SIZE, data, start, captured, k)
        if mode == IND:
            return read(operation & SIZE, data, start, captured, x + k)
        if mode == MEM:
            return self.memory[k]
        return original if mode == LEN else k

    def load_index(
        self, operation: i64, data: bytes, start: i64, captured: i64, original: i64, k: i64
    ) -> i64:
        """Return the index register's new value, or OUTSIDE if it lies beyond the packet."""
        mode = operation & MODE
        if mode == MSH:
            if k >= captured:
                return OUTSIDE
            return (i64(data[start + k]) & 0xF) << 2
        if mode == MEM:
            return self.memory[k]
        return original if mode == LEN else k


def read(size: i64, data: bytes, start: i64, captured: i64, at: i64) -> i64:
    """Return a number of the packet in network byte order, or OUTSIDE if not all of it was
    captured."""
    if size == WORD:
        if at + 4 > captured:
            return OUTSIDE
        return i64(read_i32_be(data, start + at)) & MASK32
    if size == HALF:
        if at + 2 > captured:
            return OUTSIDE
        return i64(read_i16_be(data, start + at)) & 0xFFFF
    if at >= captured:
        return OUTSIDE
    return i64(data[start + at])


def calculate(operation: i64, a: i64, b: i64) -> i64:
    """Calculate in unsigned 32 bits, and return OUTSIDE for a division by zero."""
    result: i64 = 0
    if operation == 0x00:
        result = a + b
    elif operation == 0x10:
        result = a - b
    elif operation == 0x20:
        result = (a & 0xFFFF) * b + (((a >> 16) * b & 0xFFFF) << 16)
    elif operation in (0x30, 0x90):
        if b == 0:
            return OUTSIDE
        result = a // b if operation == 0x30 else a % b
    elif operation == 0x40:
        result = a | b
    elif operation == 0x50:
        result = a & b
    elif operation == 0x60:
        result = a << b if b < 32 else 0
    elif operation == 0x70:
        result = a >> b if b < 32 else 0
    elif operation == 0x80:
        result = -a
    else:
        result = a ^ b
    return result & MASK32


def keep_matching(
    programs: list[BpfProgram], chunk: bytes, records: Records, start: i64, stop: i64, limit: i64
) -> i64:
    """Move the records that pass to the front, at most `limit` (negative: all), and return the new
    stop.

    programs: one for each interface.
    """
    kept = start
    i = start
    while i < stop and kept - start != limit:
        program = programs[records.interface[i]]
        if program.admits(chunk, records.offset[i], records.captured[i], records.original[i]):
            records.time[kept] = records.time[i]
            records.position[kept] = records.position[i]
            records.offset[kept] = records.offset[i]
            records.captured[kept] = records.captured[i]
            records.original[kept] = records.original[i]
            records.interface[kept] = records.interface[i]
            kept += 1
        i += 1
    return kept
