"""What is in the image: the program, the libraries that it loads, and the few files that they read."""

import pathlib
import posixpath

import stand_ins
from elf import Elf
from oci import Entry
from packages import ImageError, in_usr

USER = 65532
PASSWD = f"root:x:0:0:root:/root:/usr/sbin/nologin\nnonroot:x:{USER}:{USER}:nonroot:/tmp:/usr/sbin/nologin\n"
GROUP = f"root:x:0:\nnonroot:x:{USER}:\n"
# Host names by /etc/hosts, then by DNS: both are inside libc itself, which needs no library of its own for them.
NSSWITCH = "passwd: files\ngroup: files\nhosts: files dns\n"
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"


class Closure:
    """All libraries that the dynamic linker loads for a program, and for libcurl, which the program loads by name.

    libraries  by name, the library and whether a stand-in is in its place
    """

    def __init__(self, program, packages, curl):
        self.libraries, self._users = {}, {}
        self._packages, self._is_lean = packages, curl == "lean"
        self._add(program)
        if curl != "none":
            self._require("libcurl.so.4", "the program loads it for weights in a store")
        self._check_versions(program)

    def _require(self, name, reason):
        if name in self.libraries:
            return
        library = self._packages.library(name)
        if library is None:
            hint = ": build it with --static-swift-stdlib" if name.startswith(("libswift", "lib_Foundation", "libFoundation")) else ""
            raise ImageError(f"no package for {self._packages.architecture} has {name} ({reason}){hint}")
        is_stand_in = self._is_lean and name in stand_ins.STAND_INS
        self.libraries[name] = (library, is_stand_in)
        if not is_stand_in:
            self._add(library)

    def _add(self, file):
        for name in file.needed:
            self._users.setdefault(name, []).append(file)
            self._require(name, f"{file.name} is linked with it")

    def users(self, name):
        return self._users.get(name, [])

    def _check_versions(self, program):
        """Stops before an image that would say "version `GLIBC_2.43' not found" when it starts."""
        for user in [program] + [library for library, is_stand_in in self.libraries.values() if not is_stand_in]:
            for name, wanted in user.wanted.items():
                missing = wanted - self._packages.library(name).versions
                if missing:
                    raise ImageError(
                        f"{user.name} wants {', '.join(sorted(missing))} of {name}, which these packages do not have: build it on an older"
                        " system, or take the libraries of a newer one (IMAGE_SUITE)"
                    )


def certificates(packages):
    """The authorities' certificates in one file, as Debian's update-ca-certificates makes it."""
    paths = packages.paths("usr/share/ca-certificates")
    if not paths:
        raise ImageError("no package has the authorities' certificates (ca-certificates)")
    return b"".join(packages.read(path)[0].rstrip(b"\n") + b"\n" for path in paths), packages.read(paths[0])[1]


def base(program, packages, curl, product):
    """The files below the program: libraries, certificates, accounts, and where all of it is from."""
    closure = Closure(program, packages, curl)
    entries = {
        "etc/passwd": Entry(PASSWD.encode()),
        "etc/group": Entry(GROUP.encode()),
        "etc/nsswitch.conf": Entry(NSSWITCH.encode()),
    }
    for name in ("bin", "lib", "lib64"):
        entries[name] = Entry(link=f"usr/{name}")
    sources, taken = {}, {}

    def take(path, place=None, mode=0o644):
        data, package = packages.read(path)
        place = place or path
        entries[place] = Entry(data, mode)
        sources[place], taken[package.name] = f"{package.name} {package.version}", package

    for name, (library, is_stand_in) in sorted(closure.libraries.items()):
        place = f"{packages.libraries}/{name}"
        if is_stand_in:
            entries[place] = Entry(stand_ins.make(library, closure.users(name)))
            sources[place] = f"stand-in: libcurl goes without {stand_ins.STAND_INS[name][1]}"
        else:
            # The dynamic linker is a program, too.
            take(place, mode=0o755 if name.startswith("ld-linux") else 0o644)
    linker = in_usr(program.interpreter)
    target = f"{packages.libraries}/{posixpath.basename(linker)}"
    if target not in entries:
        take(target, mode=0o755)
    if linker != target:
        entries[linker] = Entry(link=posixpath.relpath(target, posixpath.dirname(linker)))

    if curl != "none":
        data, package = certificates(packages)
        entries[CERTIFICATES] = Entry(data)
        sources[CERTIFICATES], taken[package.name] = f"{package.name} {package.version}", package

    # What scanners for vulnerabilities go by.
    take("usr/lib/os-release")
    entries["etc/os-release"] = Entry(link="../usr/lib/os-release")
    for name, package in sorted(taken.items()):
        entries[f"var/lib/dpkg/status.d/{name}"] = Entry(package.control.encode())

    texts = {f"usr/share/doc/{name}/copyright": packages.read(f"usr/share/doc/{name}/copyright")[0] for name in taken}
    for place, text in texts.items():
        entries[place] = Entry(text)
    for path in packages.paths("usr/share/common-licenses"):
        if any(path.encode() in text for text in texts.values()):
            entries[path] = Entry(packages.read(path)[0])

    lines = [f"/{place}: {source}" for place, source in sorted(sources.items())]
    lines += ["", "The packages, with the SHA-256 of their files:"]
    lines += [f"{package.name}_{package.version}: {package.sha256}" for _, package in sorted(taken.items())]
    entries[f"usr/share/doc/{product}/contents.txt"] = Entry(("\n".join(lines) + "\n").encode())
    return entries


def read_program(path, architecture):
    program = Elf(pathlib.Path(path).name, pathlib.Path(path).read_bytes())
    if program.architecture != architecture:
        raise ImageError(f"{path} is built for {program.architecture}, not for {architecture}")
    if program.interpreter is None:
        raise ImageError(f"{path} is no program that is linked with libc: an image cannot start it")
    return program
