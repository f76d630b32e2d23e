# shellcheck shell=bash
# What scripts/install.sh, build-deb.sh and build-arm64.sh share; read by them, from the repository's folder.

# How a program for other machines is built: Swift's libraries go into it; its symbols, a third of it, do not.
# It exports to ONNX, too: whoever has only the program cannot add that.
release_options=(-c release --product hartrain --traits ONNX --static-swift-stdlib -Xlinker -s)
# Apart from .build, whose files are built without these options.
release_scratch=.build-release

# The version of the program.
release_version() {
    sed -n 's/.*static let version = "\(.*\)"/\1/p' Sources/Models/Program.swift
}

# Builds the program for this machine, and prints its path.
build_release() {
    swift build "${release_options[@]}" --scratch-path "$release_scratch" >&2
    echo "$release_scratch/release/hartrain"
}

# build_manual PROGRAM FILE: the man page that swift-argument-parser's GenerateManual plugin makes of a program, dated by the last commit.
build_manual() {
    local date
    date=$(git log -1 --format=%cs 2>/dev/null || date +%F)
    PLUGIN_PLACEHOLDER
}

# place_program BINARY PROGRAM PREFIX: puts a binary under a prefix, with the man page and the completions that PROGRAM, the same for
# this machine, makes.
place_program() {
    local binary=$1 program=$2 prefix=$3
    local completions
    completions=$(mktemp -d)
    "$program" --generate-completion-script bash >"$completions/bash"
    "$program" --generate-completion-script zsh >"$completions/zsh"
    "$program" --generate-completion-script fish >"$completions/fish"
    build_manual "$program" "$completions/hartrain.1"
    "${as_root[@]}" install -D -m 755 "$binary" "$prefix/bin/hartrain"
    "${as_root[@]}" install -D -m 644 "$completions/hartrain.1" "$prefix/share/man/man1/hartrain.1"
    "${as_root[@]}" install -D -m 644 "$completions/bash" "$prefix/share/bash-completion/completions/hartrain"
    "${as_root[@]}" install -D -m 644 "$completions/zsh" "$prefix/share/zsh/$zsh_folder/_hartrain"
    "${as_root[@]}" install -D -m 644 "$completions/fish" "$prefix/share/fish/vendor_completions.d/hartrain.fish"
    rm -r "$completions"
}
