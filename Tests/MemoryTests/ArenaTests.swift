import Memory
import Testing

@Suite struct ArenaTests {
    @Test func slotsBeginAtCacheLinesAndDoNotMeet() {
        var plan = Plan()
        let counts = [1, 16, 17, 0, 100, 3]
        let slots = counts.map { plan.take($0) }
        #expect(slots.map(\.count) == counts)
        #expect(slots.map(\.offset) == [0, 16, 32, 64, 64, 176])
        #expect(slots.allSatisfy { $0.offset % Plan.alignment == 0 })
        for (a, b) in zip(slots, slots.dropFirst()) { #expect(a.offset + a.count <= b.offset) }
        #expect(plan.count == 192)
    }

    @Test func anArenaBeginsZeroedAndAligned() {
        let arena = Arena(count: 1000)
        let span = arena.read(arena.all)
        #expect(span.count == 1000)
        for i in span.indices { #expect(span[i] == 0) }
        let address = unsafe span.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
        #expect(address % 64 == 0)
    }

    @Test func whatIsWrittenToOneSlotStaysThere() {
        var plan = Plan()
        let a = plan.take(5)
        let b = plan.take(3)
        let arena = Arena(count: plan.count)
        var x = arena.write(a)
        var y = arena.write(b)
        for i in x.indices { x[i] = Float(i + 1) }
        for i in y.indices { y[i] = -1 }
        let all = arena.read(arena.all)
        func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
        let expected: [Float] = [1, 2, 3, 4, 5] + zeros(11) + [-1, -1, -1] + zeros(13)
        #expect(all.indices.map { all[$0] } == expected)
        let again = arena.read(a)
        #expect(again.indices.map { again[$0] } == [1, 2, 3, 4, 5])
    }

    @Test func partsOfSlots() {
        let slot = Slot(offset: 32, count: 10)
        #expect(slot.prefix(4) == Slot(offset: 32, count: 4))
        #expect(slot.part(from: 6, count: 4) == Slot(offset: 38, count: 4))
        #expect(slot.part(from: 10, count: 0).count == 0)
        #expect(Slot.none.count == 0)
    }

    @Test func anEmptyArena() {
        let arena = Arena(count: 0)
        #expect(arena.read(arena.all).count == 0)
        #expect(arena.write(.none).count == 0)
    }

    @Test func aSlotOutsideTheArenaStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let arena = Arena(count: 16)
            _ = arena.read(Slot(offset: 10, count: 7)).count
        }
    }
}
