"""Files of Debian packages, read without unpacking them."""

import dataclasses
import hashlib
import io
import pathlib
import posixpath
import subprocess
import tarfile

from elf import Elf

TRIPLETS = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}


class ImageError(Exception):
    """What stands in the way of an image, and what to do about it."""


@dataclasses.dataclass(frozen=True)
class Package:
    name: str
    version: str
    control: str
    sha256: str  # of the .deb file


def in_usr(path):
    """Where a file really is: /lib and its like are links to folders of /usr."""
    path = posixpath.normpath(path).lstrip("/")
    return "usr/" + path if path.startswith(("bin/", "sbin/", "lib/", "lib64/")) else path


class Packages:
    """The packages of a folder that are for an architecture or for all.

    The folder may hold more than an image needs, as files are looked up by their paths, and older versions that earlier builds left: the
    newest one counts.
    """

    def __init__(self, folder, architecture):
        self.architecture, self.libraries = architecture, f"usr/lib/{TRIPLETS[architecture]}"
        self._files, self._links, self._owners, self._elves = {}, {}, {}, {}
        newest = {}
        for path in sorted(pathlib.Path(folder).glob("*.deb")):
            if path.stem.endswith((f"_{architecture}", "_all")):
                package = self._describe(path)
                _, other = newest.get(package.name, (None, None))
                if other is None or subprocess.run(["dpkg", "--compare-versions", package.version, "gt", other.version]).returncode == 0:
                    newest[package.name] = (path, package)
        if not newest:
            raise ImageError(f"{folder} has no Debian packages for {architecture}")
        for path, package in newest.values():
            self._read(path, package)

    def _describe(self, path):
        result = subprocess.run(["dpkg-deb", "--field", path], stdout=subprocess.PIPE, text=True)
        if result.returncode != 0:
            raise self._damaged(path)
        fields = dict(line.split(": ", 1) for line in result.stdout.splitlines() if ": " in line and not line.startswith(" "))
        return Package(fields["Package"], fields["Version"], result.stdout, hashlib.sha256(path.read_bytes()).hexdigest())

    def _read(self, path, package):
        result = subprocess.run(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE)
        if result.returncode != 0:
            raise self._damaged(path)
        with tarfile.open(fileobj=io.BytesIO(result.stdout)) as archive:
            for member in archive:
                name = in_usr(member.name)
                if member.issym():
                    self._links[name] = in_usr(posixpath.join(posixpath.dirname(name), member.linkname))
                elif member.isfile():
                    self._files[name] = archive.extractfile(member).read()
                else:
                    continue
                self._owners[name] = package

    def _damaged(self, path):
        return ImageError(f"{path} cannot be read: remove it, so that it is downloaded again")

    def resolve(self, path):
        """Follows links in a path, in its folders too; a path that leads nowhere stays as it is."""
        for _ in range(16):
            parts = path.split("/")
            prefixes = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
            link = next((prefix for prefix in prefixes if prefix in self._links), None)
            if link is None:
                break
            path = posixpath.normpath(self._links[link] + path[len(link) :])
        return path

    def paths(self, prefix):
        """The paths of all files below a folder, in order."""
        return sorted(path for path in self._files if path.startswith(prefix + "/"))

    def read(self, path):
        """A file's bytes and its package."""
        real = self.resolve(path)
        if real not in self._files:
            raise ImageError(f"no package of {self.architecture} has {path}")
        return self._files[real], self._owners[real]

    def library(self, name):
        """A shared library by the name that others are linked with; None where no package has it."""
        path = self.resolve(f"{self.libraries}/{name}")
        if path not in self._files:
            return None
        if name not in self._elves:
            self._elves[name] = Elf(name, self._files[path])
        return self._elves[name]
