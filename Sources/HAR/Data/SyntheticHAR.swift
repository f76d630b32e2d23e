import Memory
import TimeSeries

/// Generates windows of nine channels for six activities and thirty volunteers, for work without network and data.
///
/// No one was measured, and no number obtained with these windows says anything about people: whatever uses them says "synthetic".
/// They have UCI HAR's shape, units, volunteers and split, and are cut at its hop from bouts of four windows, so that the windows
/// of a bout overlap by half as the real ones do. The model:
///
/// - Gravity is 1 g in a direction given by trunk pitch and roll: upright standing, leaning back sitting, any side lying, each with the
///   volunteer's own way of wearing the phone. Sitters and standers overlap in pitch; what tells them apart is sway and breathing too.
/// - A walk is a sum of harmonics of the step along gravity and forward, and of the stride to the side (`Gait`), with the volunteer's own
///   cadence and vigour and each bout's own amplitudes; cadence wanders from step to step. Stairs differ from the flat in cadence,
///   balance of harmonics, lean and turning, each by about as much as volunteers differ from each other.
/// - The accelerometer has noise of 0.006 g and the gyroscope of 0.012 rad/s.
/// - body_acc is total_acc less gravity.
///
/// Only additions, products, quotients and roots of Double are used, which every processor rounds alike, and a sine of our own: a seed gives
/// the same bytes on x86-64 and ARM.
public struct SyntheticHAR: Equatable, Sendable {
    /// What every output that uses generated windows says of them.
    public static let notice = "SYNTHETIC windows, not recordings of people"

    /// The seed where none is named.
    public static let defaultSeed: UInt64 = 1

    /// Windows cut from one continuous recording.
    private static let windowsPerBout = 4

    /// Which recordings; the same seed gives the same bytes on every machine.
    public var seed: UInt64
    /// Windows of each volunteer in each activity, 1...1000; 16 gives 2016 windows to train and 864 to test.
    public var windowsPerActivity: Int

    /// Describes a data set to generate.
    ///
    /// - Precondition: `windowsPerActivity` lies in 1...1000.
    public init(seed: UInt64 = SyntheticHAR.defaultSeed, windowsPerActivity: Int = 16) {
        precondition((1...1000).contains(windowsPerActivity), "\(windowsPerActivity) windows per activity; expected 1 to 1000")
        self.seed = seed
        self.windowsPerActivity = windowsPerActivity
    }

    /// Generates the data set: the real split's 21 volunteers to train and 9 to test.
    public func generate() -> Dataset {
        Dataset(checked: windows(of: UCIHAR.trainVolunteers), test: windows(of: UCIHAR.testVolunteers), source: source)
    }

    /// What records and people call the windows.
    private var source: Dataset.Source {
        Dataset.Source(
            name: seed == SyntheticHAR.defaultSeed ? "synthetic" : "synthetic:\(seed)", description: "synthetic (seed \(seed))",
            notice: SyntheticHAR.notice)
    }

    private func windows(of volunteers: [Int32]) -> WindowSet {
        var windows: [Float] = []
        var labels: [Int32] = []
        var subjects: [Int32] = []
        let count = volunteers.count * UCIHAR.activities.count * windowsPerActivity
        windows.reserveCapacity(count * UCIHAR.format.shape.count)
        for volunteer in volunteers {
            for activity in UCIHAR.activities.indices {
                for first in stride(from: 0, to: windowsPerActivity, by: SyntheticHAR.windowsPerBout) {
                    let bout = min(SyntheticHAR.windowsPerBout, windowsPerActivity - first)
                    windows += record(volunteer: Int(volunteer), activity: activity, from: first, windows: bout)
                    labels += [Int32](repeating: Int32(activity), count: bout)
                    subjects += [Int32](repeating: volunteer, count: bout)
                }
            }
        }
        return WindowSet(checked: windows, labels: labels, groups: subjects, format: UCIHAR.format)
    }

    /// The windows of one continuous bout, [windows, 128, 9], each starting half a window after the one before.
    private func record(volunteer: Int, activity: Int, from first: Int, windows: Int) -> [Float] {
        var habits = Random(seed: seed, stream: .synthesis, path: volunteer)
        let person = Person(from: &habits)
        var random = Random(seed: seed, stream: .synthesis, path: volunteer, activity + 1, first)
        var trunk = Trunk(activity: activity, person: person, random: &random)
        var gait = Gait(activity: activity, person: person, random: &random)

        let readings = (windows - 1) * UCIHAR.windowHop + UCIHAR.windowLength
        var recording: [Float] = []
        recording.reserveCapacity(readings * UCIHAR.channels.count)
        for _ in 0..<readings {
            trunk.move()
            var moved = Motion()
            gait?.step(&moved, random: &random)

            let (pitchSine, pitchCosine) = (sine(turns: trunk.pitch), sine(turns: trunk.pitch + 0.25))
            let (rollSine, rollCosine) = (sine(turns: trunk.roll), sine(turns: trunk.roll + 0.25))
            let up = [pitchCosine * rollCosine, rollSine, pitchSine * rollCosine]
            let forward = [-pitchSine, 0, pitchCosine]
            let side = [-pitchCosine * rollSine, rollCosine, -pitchSine * rollSine]
            var body = [0.0, 0, 0]
            for axis in 0..<3 {
                let sway = moved.up * up[axis] + moved.forward * forward[axis] + moved.side * side[axis]
                body[axis] = sway + trunk.breath * forward[axis] + 0.006 * random.normal()
            }
            let turning = [moved.yaw, moved.pitch + trunk.pitchRate, moved.roll + trunk.rollRate]
            for axis in 0..<3 { recording.append(Float(body[axis])) }
            for axis in 0..<3 { recording.append(Float(turning[axis] + 0.012 * random.normal())) }
            for axis in 0..<3 { recording.append(Float(body[axis] + up[axis])) }
        }
        return (0..<windows).flatMap { window in
            let start = window * UCIHAR.windowHop * UCIHAR.channels.count
            return recording[start..<start + UCIHAR.format.shape.count]
        }
    }
}

/// What a volunteer keeps through all activities.
private struct Person {
    /// How the phone is worn, in turns.
    let pitch: Double
    let roll: Double
    /// Strides (two steps) in a second on the flat.
    let cadence: Double
    /// Factor of all amplitudes of the gait.
    let vigour: Double
    /// Factor of the sway at rest.
    let sway: Double

    init(from random: inout Random) {
        pitch = random.normal() * 0.010
        roll = random.normal() * 0.012
        cadence = random.uniform(0.84, 1.02)
        vigour = random.uniform(0.75, 1.3)
        sway = random.uniform(0.7, 1.4)
    }
}

/// Direction of gravity in the phone, with slow sway.
private struct Trunk {
    /// Angles in turns and their rates in rad/s.
    private(set) var pitch = 0.0
    private(set) var roll = 0.0
    private(set) var pitchRate = 0.0
    private(set) var rollRate = 0.0
    /// Chest movement by breathing, in g.
    private(set) var breath = 0.0

    private let restPitch: Double
    private let restRoll: Double
    /// Amplitude of the sway in turns, and of the breathing in g.
    private let sway: Double
    private let breathing: Double
    /// Rates of two pitch waves, a roll wave and the breath, in turns a second, and their phases.
    private let rates: [Double]
    private var phases: [Double]

    init(activity: Int, person: Person, random: inout Random) {
        let degree = 1.0 / 360
        var lean = 0.0
        var tilt = 0.0
        switch activity {
        case 0, 1, 2:
            lean = [2, 8, 4][activity] * degree + random.normal() * 2 * degree
            sway = 1.0 * degree * person.sway
            breathing = 0
        case 3:
            lean = 28 * degree + random.normal() * 7 * degree
            sway = 0.12 * degree * person.sway
            breathing = 0.008 * random.uniform(0.7, 1.3)
        case 4:
            lean = 5 * degree + random.normal() * 3 * degree
            sway = 0.45 * degree * person.sway
            breathing = 0.003 * random.uniform(0.7, 1.3)
        default:
            lean = 90 * degree + random.normal() * 12 * degree
            tilt = random.uniform(-80, 80) * degree
            sway = 0.05 * degree * person.sway
            breathing = 0.010 * random.uniform(0.7, 1.3)
        }
        restPitch = lean + person.pitch
        restRoll = tilt + person.roll
        rates = [
            random.uniform(0.15, 0.3), random.uniform(0.4, 0.7), random.uniform(0.15, 0.4), random.uniform(0.2, 0.35),
        ]
        phases = (0..<4).map { _ in random.uniform(0, 1) }
    }

    /// Goes on by one reading.
    mutating func move() {
        for wave in phases.indices { phases[wave] += rates[wave] / UCIHAR.sampleRate }
        pitch = restPitch + sway * (sine(turns: phases[0]) + 0.4 * sine(turns: phases[1]))
        roll = restRoll + 0.7 * sway * sine(turns: phases[2])
        // The derivative of sway * sin(2 pi rate t) with sway in turns: (2 pi)^2 * sway * rate * cos, in rad/s.
        let factor = twoPi * twoPi * sway
        pitchRate =
            factor * (rates[0] * sine(turns: phases[0] + 0.25) + 0.4 * rates[1] * sine(turns: phases[1] + 0.25))
        rollRate = factor * 0.7 * rates[2] * sine(turns: phases[2] + 0.25)
        breath = breathing * sine(turns: phases[3])
    }
}

/// Acceleration in g along gravity, forward and to the side, and turning in rad/s, at one reading of a walk.
private struct Motion {
    var up = 0.0
    var forward = 0.0
    var side = 0.0
    var yaw = 0.0
    var pitch = 0.0
    var roll = 0.0
}

/// A walk as a sum of harmonics.
private struct Gait {
    /// One wave: what it moves, its harmonic of the stride (2 is the step), amplitude in g or rad/s for the three walks, and phase in turns.
    private struct Wave {
        let target: WritableKeyPath<Motion, Double> & Sendable
        let harmonic: Double
        let amplitudes: [Double]
        let phase: Double
    }

    /// Flat, upstairs, downstairs. Going down lands hard: much of its energy is in the higher harmonics of the step; going up
    /// pushes forward and bends the trunk.
    private static let waves = [
        Wave(target: \.up, harmonic: 2, amplitudes: [0.25, 0.20, 0.29], phase: 0),
        Wave(target: \.up, harmonic: 4, amplitudes: [0.10, 0.06, 0.18], phase: 0.15),
        Wave(target: \.up, harmonic: 6, amplitudes: [0.05, 0.03, 0.13], phase: 0.30),
        Wave(target: \.up, harmonic: 8, amplitudes: [0.02, 0.02, 0.08], phase: 0.55),
        Wave(target: \.forward, harmonic: 2, amplitudes: [0.15, 0.18, 0.12], phase: 0.25),
        Wave(target: \.forward, harmonic: 4, amplitudes: [0.07, 0.05, 0.09], phase: 0.10),
        Wave(target: \.side, harmonic: 1, amplitudes: [0.08, 0.11, 0.09], phase: 0.05),
        Wave(target: \.side, harmonic: 3, amplitudes: [0.07, 0.05, 0.11], phase: 0.60),
        Wave(target: \.yaw, harmonic: 1, amplitudes: [0.45, 0.35, 0.50], phase: 0.35),
        Wave(target: \.pitch, harmonic: 2, amplitudes: [0.30, 0.48, 0.38], phase: 0.70),
        Wave(target: \.pitch, harmonic: 1, amplitudes: [0.10, 0.25, 0.14], phase: 0.40),
        Wave(target: \.roll, harmonic: 1, amplitudes: [0.30, 0.26, 0.36], phase: 0.80),
    ]

    private let cadence: Double
    private let amplitudes: [Double]
    private let phases: [Double]
    /// Strides made so far.
    private var strides: Double
    /// Slow wandering of cadence and vigour, as shares of them.
    private var haste = 0.0
    private var effort = 0.0

    /// Nil for an activity that is not a walk.
    init?(activity: Int, person: Person, random: inout Random) {
        guard activity < 3 else { return nil }
        cadence = person.cadence * [1.0, 0.93, 1.04][activity] * random.uniform(0.95, 1.05)
        amplitudes = Gait.waves.map { $0.amplitudes[activity] * person.vigour * random.uniform(0.75, 1.25) }
        phases = Gait.waves.map { $0.phase + random.normal() * 0.03 }
        strides = random.uniform(0, 1)
    }

    /// Goes on by one reading.
    mutating func step(_ motion: inout Motion, random: inout Random) {
        haste = 0.98 * haste + 0.008 * random.normal()
        effort = 0.99 * effort + 0.012 * random.normal()
        strides += cadence * (1 + haste) / UCIHAR.sampleRate
        for (index, wave) in Gait.waves.enumerated() {
            motion[keyPath: wave.target] +=
                (1 + effort) * amplitudes[index] * sine(turns: strides * wave.harmonic + phases[index])
        }
    }
}

private let twoPi = 6.283185307179586

/// sin(2 pi x) within 1e-8, from sums and products only, so that every machine gives the same bits.
///
/// Taylor's series to the 13th power on a quarter turn.
private func sine(turns x: Double) -> Double {
    // Within half a turn, then within a quarter: sin(pi - a) = sin(a).
    var turn = x - x.rounded(.toNearestOrEven)
    if turn > 0.25 { turn = 0.5 - turn } else if turn < -0.25 { turn = -0.5 - turn }
    let angle = twoPi * turn
    let square = angle * angle
    var sum = 1.0 / 6_227_020_800
    for coefficient in [-1.0 / 39_916_800, 1.0 / 362_880, -1.0 / 5040, 1.0 / 120, -1.0 / 6, 1.0] {
        sum = sum * square + coefficient
    }
    return angle * sum
}
