namespace Penstock.Server.Workspaces.Configuration;

public sealed class ServerSettings
{
    [Setting("urls", "Addresses to listen on. Port 0 takes a free one.", IsUrl = true)]
    public IReadOnlyList<string> Urls { get; set; } = ["http://127.0.0.1:8080"];

    [Setting("max_body_bytes", "Largest request body taken, uploads included.", Min = 1024, Max = 1L << 40)]
    public long MaxBodyBytes { get; set; } = 2L << 30;
}
