/// What the study's text says of its load tests; its curves are pictures without tables.
///
/// Trieu, Javadi, Basilakis, Toosi, on the performance of serverless edge computing for machine learning.
enum StudyLoad {
    static let table = ReportTable(
        "What the study's text says (four Raspberry Pi 4, MicroK8s, WiFi, 1000 requests; other machines, so no goal)",
        header: ["what", "value"],
        rows: [
            ["HelloWorld on Kubeless and OpenFaaS, 1 to 20 users", "under 50 ms in Node.js, under 800 ms in Python"],
            ["HelloWorld on Kubeless, up to 20 users", "10 to 50 ms"],
            [
                "response time in Python over that in Node.js",
                "10.3 (Kubeless, 20 users), 19.9 (OpenFaaS, 15 users), about 1 (Fission)",
            ],
            ["autoscaling on Fission against 4 pods, CNN", "27 % (1 user) and 100 % (5 users) better"],
            ["autoscaling on Fission against 4 pods, LSTM", "5 % (1 user) and 30 % (5 users) better"],
            [
                "requests that succeed, CNN and LSTM",
                "100 % (Kubeless, Fission, 1 user); 98 to 99 % (OpenFaaS, funcX); down to 97 % (funcX, more users)",
            ],
        ])
}
