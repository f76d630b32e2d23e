"""An OCI image layout in a tar file, the same bytes for the same contents.

https://github.com/opencontainers/image-spec: blobs named by their SHA-256, and an index that leads to them. Beside it, manifest.json: the
same image as `docker load` reads it where Docker keeps its images in its own store.
"""

import contextlib
import dataclasses
import gzip
import hashlib
import io
import json
import os
import pathlib
import tarfile

CONFIG = "application/vnd.oci.image.config.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@dataclasses.dataclass(frozen=True)
class Entry:
    """A file of a tar, or a link where `link` is set."""

    data: bytes = b""
    mode: int = 0o644
    link: str = ""


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def json_bytes(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def tar(entries, folders, time):
    """A tar of files and links, in order, with all folders above them, owned by root; `folders` are in it, too, with their modes."""
    modes = dict(folders)
    for path in entries:
        for parent in pathlib.PurePosixPath(path).parents:
            modes.setdefault(str(parent), 0o755)
    modes.pop(".", None)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(modes.keys() | entries.keys()):
            member = tarfile.TarInfo(path)
            member.mtime = time
            data = b""
            if path in modes:
                member.type, member.mode = tarfile.DIRTYPE, modes[path]
            elif entries[path].link:
                member.type, member.linkname, member.mode = tarfile.SYMTYPE, entries[path].link, 0o777
            else:
                data, member.mode = entries[path].data, entries[path].mode
                member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


class Layout:
    """Collects images, and writes them as one layout."""

    def __init__(self, name, time, is_gzipped):
        self.name, self.time, self._is_gzipped = name, time, is_gzipped
        self._blobs, self._manifests, self._for_docker = {}, [], []

    def _add_blob(self, media_type, data):
        digest = sha256(data)
        self._blobs[digest] = data
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def add_image(self, architecture, layers, config, annotations):
        """An image of tars, each with what made it; `config` is how it starts."""
        descriptors = []
        for data, _ in layers:
            # Without the time and the name that gzip would note.
            packed = gzip.compress(data, compresslevel=9, mtime=0) if self._is_gzipped else data
            descriptors.append(self._add_blob(LAYER + ("+gzip" if self._is_gzipped else ""), packed))
        created = annotations["org.opencontainers.image.created"]
        image = {
            "architecture": architecture,
            "os": "linux",
            "created": created,
            "config": config | {"Labels": annotations},
            "rootfs": {"type": "layers", "diff_ids": [sha256(data) for data, _ in layers]},
            "history": [{"created": created, "created_by": origin} for _, origin in layers],
        }
        described = self._add_blob(CONFIG, json_bytes(image))
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": described, "layers": descriptors, "annotations": annotations}
        descriptor = self._add_blob(MANIFEST, json_bytes(manifest))
        self._manifests.append(descriptor | {"platform": {"architecture": architecture, "os": "linux"}})
        path = lambda blob: "blobs/" + blob["digest"].replace(":", "/")
        self._for_docker.append((architecture, {"Config": path(described), "Layers": [path(layer) for layer in descriptors]}))

    def _files(self):
        repository, tag = self.name.rsplit(":", 1)
        first = repository.split("/")[0]
        has_host = "/" in repository and ("." in first or ":" in first or first == "localhost")
        full = repository if has_host else f"docker.io/{repository}" if "/" in repository else f"docker.io/library/{repository}"
        names = {"org.opencontainers.image.ref.name": tag, "io.containerd.image.name": f"{full}:{tag}"}
        if len(self._manifests) == 1:
            root = self._manifests[0]
            tags = [self.name]
        else:
            root = self._add_blob(INDEX, json_bytes({"schemaVersion": 2, "mediaType": INDEX, "manifests": self._manifests}))
            # Docker's own store has one image by a name.
            tags = [f"{self.name}-{architecture}" for architecture, _ in self._for_docker]
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [root | {"annotations": names}]}
        for_docker = [image | {"RepoTags": [tag]} for tag, (_, image) in zip(tags, self._for_docker)]
        files = {
            "oci-layout": json_bytes({"imageLayoutVersion": "1.0.0"}),
            "index.json": json_bytes(index),
            "manifest.json": json_bytes(for_docker),
        }
        return files | {"blobs/" + digest.replace(":", "/"): data for digest, data in self._blobs.items()}

    def write(self, path):
        """Writes the tar; it appears whole or not at all."""
        data = tar({name: Entry(content) for name, content in self._files().items()}, {}, self.time)
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                partial.unlink()
