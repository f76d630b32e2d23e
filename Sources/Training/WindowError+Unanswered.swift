import TimeSeries

extension WindowError {
    /// A window that weights give no finite number for, while they do for others: its largest reading is to blame.
    /// - Parameters:
    ///   - index: The window, an index of the set.
    ///   - part: What the set is, for the message: "test".
    static func unanswered(_ index: Int, of windows: WindowSet, part: String) -> WindowError {
        let window = windows.window(index)
        var largest = 0
        for i in window.indices where abs(window[i]) > abs(window[largest]) { largest = i }
        let channels = windows.format.channels
        return WindowError(
            message:
                "\(part) window \(windows.place(of: index) + 1): the model gives no finite number for it, its reading "
                + "\(window[largest]) (step \(largest / channels.count + 1), channel \(channels[largest % channels.count])) is too "
                + "large: mend the reading or leave the window out")
    }
}
