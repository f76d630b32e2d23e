import Hummingbird
import Logging

/// What is known of a request while it is answered.
struct FunctionContext: RequestContext {
    var coreContext: CoreRequestContextStorage

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}
