# shellcheck shell=bash
# What scripts/install.sh, build-deb.sh, build-arm64.sh and build-image.sh share; read by them, from the repository's folder.

# How a program for other machines is built: Swift's libraries go into it; its symbols, a third of it, do not.
release_options=(-c release --static-swift-stdlib -Xlinker -s)
# Apart from .build, whose files are built without these options.
release_scratch=.build-release

# link_archive FOLDER ARCHIVE: has libstdc++ linked as an archive, which then stands in a folder alone, so that the linker finds no shared
# one before it. The program uses so little of it that it grows by less than 0.1 MB; the shared library has 2.5, and is loaded at each start.
link_archive() {
    mkdir -p "$1"
    ln -sfn "$2" "$1/libstdc++.a"
    release_options+=(-Xlinker "-L$(realpath "$1")")
}

# The version of the program.
release_version() {
    sed -n 's/.*static let version = "\(.*\)"/\1/p' Sources/Models/Program.swift
}

# build_release PRODUCT: builds a program for this machine, and prints its path. hartrain exports to ONNX, too: whoever
# has only the program cannot add that.
build_release() {
    local product=$1 compiler archive
    for compiler in clang cc; do
        archive=$("$compiler" -print-file-name=libstdc++.a 2>/dev/null) || continue
        if [ -f "$archive" ]; then
            link_archive "$release_scratch/archives" "$archive"
            break
        fi
    done
    swift build "${release_options[@]}" --product "$product" --traits ONNX --scratch-path "$release_scratch" >&2
    echo "$release_scratch/release/$product"
}

# Makes the man page by swift-argument-parser's GenerateManual plugin, dated by the last commit, and prints its path. The plugin builds
# the program once more, in a debug build, to ask it for its options.
build_manual() {
    local date
    date=$(git log -1 --format=%cs 2>/dev/null || date +%F)
    swift package --traits ONNX --scratch-path "$release_scratch" plugin generate-manual --configuration debug --date "$date" >&2
    find "$release_scratch/plugins" -name hartrain.1 -print -quit
}

# What copies files: sudo where the prefix is root's.
as_root=()
# Where zsh looks for completions below share/zsh: its own folder, or that of Debian's packages.
zsh_folder=site-functions

# place_program BINARY PROGRAM PREFIX: puts a binary under a prefix, with the man page and the completions that PROGRAM, the same for
# this machine, makes; prints the files.
place_program() {
    local binary=$1 program=$2 prefix=$3
    local manual
    manual=$(build_manual)
    local completions
    completions=$(mktemp -d)
    "$program" --generate-completion-script bash >"$completions/bash"
    "$program" --generate-completion-script zsh >"$completions/zsh"
    "$program" --generate-completion-script fish >"$completions/fish"
    "${as_root[@]}" install -v -D -m 755 "$binary" "$prefix/bin/hartrain"
    "${as_root[@]}" install -v -D -m 644 "$manual" "$prefix/share/man/man1/hartrain.1"
    "${as_root[@]}" install -v -D -m 644 "$completions/bash" "$prefix/share/bash-completion/completions/hartrain"
    "${as_root[@]}" install -v -D -m 644 "$completions/zsh" "$prefix/share/zsh/$zsh_folder/_hartrain"
    "${as_root[@]}" install -v -D -m 644 "$completions/fish" "$prefix/share/fish/vendor_completions.d/hartrain.fish"
    rm -r "$completions"
}
