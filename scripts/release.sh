# shellcheck shell=bash
# What scripts/install.sh, build-deb.sh and build-arm64.sh share; read by them, from the repository's folder.

# How a program for other machines is built: Swift's libraries go into it; its symbols, a third of it, do not.
release_options=(-c release --product hartrain --static-swift-stdlib -Xlinker -s)
# Apart from .build, whose files are built without these options.
release_scratch=.build-release

# The version of the program.
release_version() {
    sed -n 's/.*static let version = "\(.*\)"/\1/p' Sources/Models/Program.swift
}

# Builds the program for this machine, and prints its path. It exports to ONNX, too: whoever has only the program cannot add that.
build_release() {
    swift build "${release_options[@]}" --traits ONNX --scratch-path "$release_scratch" >&2
    echo "$release_scratch/release/hartrain"
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
