/// Where the keys come from that sign requests.
enum CredentialSource: Sendable {
    case keys(Credentials)
    case process(CredentialProcess)
    case container(ContainerCredentials)
    case webIdentity(WebIdentity)
}
