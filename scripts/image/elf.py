"""What the dynamic linker reads of a program or a shared library: 64-bit ELF, little-endian, of any machine."""

import dataclasses
import struct

MACHINES = {62: "amd64", 183: "arm64"}
PT_INTERP = 3
SHT_SYMTAB, SHT_DYNAMIC, SHT_DYNSYM = 2, 6, 11
SHT_GNU_VERDEF, SHT_GNU_VERNEED, SHT_GNU_VERSYM = 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF
DT_NEEDED = 1
STB_LOCAL = 0
STT_OBJECT = 1


@dataclasses.dataclass(frozen=True)
class Symbol:
    name: str
    version: str  # "" where the library has none
    is_defined: bool
    is_object: bool
    size: int


class Elf:
    """A program or library.

    architecture  Debian's name of its machine
    interpreter   the dynamic linker that a program names, or None
    needed        the libraries it is linked with, in order
    wanted        by library, the versions of symbols that it wants of it
    versions      the versions of symbols that it has
    symbols       its dynamic symbols, defined or not, without those that only it sees
    has_symbols   whether it still has the symbols that only debuggers read
    """

    def __init__(self, name, data):
        self.name, self._data = name, data
        if data[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{name} is no 64-bit ELF file")
        machine, = struct.unpack_from("<H", data, 18)
        self.architecture = MACHINES.get(machine)
        if self.architecture is None:
            raise ValueError(f"{name} is for a machine that images are not built for (ELF machine {machine}, not amd64 or arm64)")
        self.interpreter = self._read_interpreter()
        self._sections = self._read_sections()
        self.has_symbols = SHT_SYMTAB in self._sections
        self.needed = self._read_needed()
        names = self._read_versions()
        self.symbols = self._read_symbols(names)

    def _text(self, at):
        return self._data[at : self._data.index(0, at)].decode()

    def _read_interpreter(self):
        start, = struct.unpack_from("<Q", self._data, 32)
        size, count = struct.unpack_from("<HH", self._data, 54)
        for at in range(start, start + size * count, size):
            kind, _, offset = struct.unpack_from("<IIQ", self._data, at)
            if kind == PT_INTERP:
                return self._text(offset)
        return None

    def _read_sections(self):
        """By kind: offset, size, and the offset of the strings that go with it. Libraries have one section of each kind read here."""
        start, = struct.unpack_from("<Q", self._data, 40)
        size, count = struct.unpack_from("<HH", self._data, 58)
        headers = [struct.unpack_from("<IIQQQQI", self._data, start + size * index) for index in range(count)]
        # name, kind, flags, address, offset, size, link
        return {header[1]: (header[4], header[5], headers[header[6]][4]) for header in headers}

    def _read_needed(self):
        offset, size, strings = self._sections.get(SHT_DYNAMIC, (0, 0, 0))
        entries = struct.iter_unpack("<qQ", self._data[offset : offset + size])
        return [self._text(strings + value) for tag, value in entries if tag == DT_NEEDED]

    def _read_versions(self):
        """Fills `wanted` and `versions`; returns the versions' names by the numbers that symbols have them by."""
        self.wanted, self.versions, names = {}, set(), {}
        at, size, strings = self._sections.get(SHT_GNU_VERNEED, (0, 0, 0))
        while size:
            _, count, file, first, following = struct.unpack_from("<HHIII", self._data, at)
            versions = self.wanted.setdefault(self._text(strings + file), set())
            auxiliary = at + first
            for _ in range(count):
                _, _, number, name, step = struct.unpack_from("<IHHII", self._data, auxiliary)
                names[number] = self._text(strings + name)
                versions.add(names[number])
                auxiliary += step
            if not following:
                break
            at += following
        at, size, strings = self._sections.get(SHT_GNU_VERDEF, (0, 0, 0))
        while size:
            _, _, number, _, _, first, following = struct.unpack_from("<HHHHIII", self._data, at)
            name, = struct.unpack_from("<I", self._data, at + first)
            # The first one is the library's own name, not a version.
            if number > 1:
                names[number] = self._text(strings + name)
                self.versions.add(names[number])
            if not following:
                break
            at += following
        return names

    def _read_symbols(self, versions):
        offset, size, strings = self._sections.get(SHT_DYNSYM, (0, 0, 0))
        numbers, _, _ = self._sections.get(SHT_GNU_VERSYM, (None, 0, 0))
        symbols = []
        for index, entry in enumerate(struct.iter_unpack("<IBBHQQ", self._data[offset : offset + size])):
            name, info, _, section, _, length = entry
            if info >> 4 == STB_LOCAL:
                continue
            number = struct.unpack_from("<H", self._data, numbers + 2 * index)[0] & 0x7FFF if numbers is not None else 0
            symbols.append(Symbol(self._text(strings + name), versions.get(number, ""), section != 0, info & 15 == STT_OBJECT, length))
        return symbols
