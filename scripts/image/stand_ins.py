"""Small libraries in place of those that libcurl is linked with and never calls for http:// and https://.

Debian's libcurl knows LDAP, SSH, RTMP and Kerberos, too, and the dynamic linker does not load it without the libraries for them: twenty of
them, 10 MB in all. The program allows http and https only (CURLOPT_PROTOCOLS_STR), no Kerberos, no cookies and no compressed bodies. So a
stand-in has the functions that libcurl names, and each of them fails; libcurl itself stays as Debian made it.
"""

import pathlib
import shutil
import subprocess
import tempfile

from packages import TRIPLETS, ImageError

# By library: what each of its functions returns, and what libcurl has not got then. It calls some of them all the same, when it is set up
# (libssh2_init) and when it says what it can do (idn2_check_version and its like): it goes on without them after these answers.
STAND_INS = {
    "libssh2.so.1": (0, "SSH"),  # set up, but there is no session
    "librtmp.so.1": (0, "RTMP"),
    "libldap.so.2": (-1, "LDAP"),  # LDAP_SERVER_DOWN
    "liblber.so.2": (-1, "LDAP"),
    "libgssapi_krb5.so.2": (13 << 16, "Kerberos"),  # GSS_S_FAILURE
    "libidn2.so.0": (0, "host names that are not ASCII"),  # no version that is new enough: such names are refused
    "libpsl.so.5": (0, "the list of public suffixes, for cookies"),
    "libbrotlidec.so.1": (0, "Brotli"),
}


def _find(tool):
    """A tool of LLVM, on the path or beside the Swift compiler."""
    swift = shutil.which("swift")
    beside = pathlib.Path(swift).resolve().with_name(tool) if swift else None
    found = str(beside) if beside and beside.exists() else shutil.which(tool)
    if found is None:
        raise ImageError(f"{tool} is needed for the libraries of --curl lean: it comes with Swift's toolchain, or by apt-get install clang lld")
    return found


def make(real, users):
    """The bytes of a stand-in for a library, with what `users` name of it, under the same versions."""
    has = {symbol.name for symbol in real.symbols if symbol.is_defined}
    objects = {symbol.name: symbol.size for symbol in real.symbols if symbol.is_defined and symbol.is_object}
    used = {symbol.name: symbol.version for user in users for symbol in user.symbols if not symbol.is_defined and symbol.name in has}
    answer, _ = STAND_INS[real.name]
    source, versions = [], {}
    for name, version in sorted(used.items()):
        if name in objects:
            source.append(f"__attribute__((aligned(16))) char {name}[{objects[name]}];")
        else:
            source.append(f"long {name}(void) {{ return {answer}L; }}")
        if version:
            versions.setdefault(version, []).append(name)
    script = "".join(f"{version} {{ global: {'; '.join(names)}; }};\n" for version, names in sorted(versions.items()))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "stand-in.c").write_text("\n".join(source) + "\n")
        (folder / "versions").write_text(script)
        command = [_find("clang"), f"--target={TRIPLETS[real.architecture]}", "-shared", "-fPIC", "-O1", "-w", "-fno-ident", "-nostdlib"]
        # With its path: a linker of another toolchain may be on the path.
        command += [f"--ld-path={_find('ld.lld')}", f"-Wl,-soname,{real.name}", "-Wl,-s", "-Wl,--build-id=none", "-Wl,-z,now"]
        command += [f"-Wl,--version-script={folder}/versions"] if versions else []
        command += [f"{folder}/stand-in.c", "-o", f"{folder}/{real.name}"]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode != 0:
            raise ImageError(f"the stand-in for {real.name} cannot be built:\n{result.stdout}")
        return (folder / real.name).read_bytes()
