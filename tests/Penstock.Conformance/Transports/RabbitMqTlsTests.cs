using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Penstock.RabbitMq;
using Penstock.Testing;
using Penstock.Testing.Servers;
using Xunit;

namespace Penstock.Conformance.Transports;

/// <summary>An encrypted connection to a broker whose certificate an authority of the test's own has signed.</summary>
public sealed class RabbitMqTlsTests
{
    [Fact]
    public async Task Only_a_certificate_of_the_named_authority_and_host_is_trusted()
    {
        SharedBroker.RequireProgram();
        string folder = TestFolder.New();
        MakeCertificates(folder, "authority");
        string stranger = TestFolder.New();
        MakeCertificates(stranger, "authority");
        await using RabbitMqBroker server = await RabbitMqBroker.StartAsync(broker => $"""
            listeners.ssl.1 = 127.0.0.1:{broker.TlsPort}
            ssl_options.cacertfile = {folder}/ca.pem
            ssl_options.certfile = {folder}/server.pem
            ssl_options.keyfile = {folder}/server.key
            ssl_options.verify = verify_none

            """);
        RabbitMqOptions options = new() { Url = new Uri($"amqps://guest:guest@127.0.0.1:{server.TlsPort}/"), TlsCaFile = $"{folder}/ca.pem" };

        await using RabbitMqWakeUps trusted = options.Connect();
        await trusted.UntilConnectedAsync();
        Assert.Equal("broker-tls-failed", await RefusedAsync(options with { TlsCaFile = $"{stranger}/ca.pem" }));
        Assert.Equal("broker-tls-failed", await RefusedAsync(options with { TlsCaFile = null }));
        Assert.Equal("broker-tls-failed", await RefusedAsync(options with { TlsServerName = "another.example.org" }));
        Assert.StartsWith("3.", await RabbitMqProbe.ConnectAsync(options, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(RabbitMqOptions options) =>
        (await Assert.ThrowsAnyAsync<Engine.PenstockException>(() => RabbitMqProbe.ConnectAsync(options, TestContext.Current.CancellationToken))).Code;

    private static void MakeCertificates(string folder, string authorityName)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using RSA authorityKey = RSA.Create(2_048);
        CertificateRequest authority = new($"CN={authorityName}", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 signer = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));

        using RSA key = RSA.Create(2_048);
        CertificateRequest server = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        server.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = server.Create(signer, now.AddDays(-1), now.AddDays(1), [1, 2, 3, 4]);

        File.WriteAllText(Path.Combine(folder, "ca.pem"), signer.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
