using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Penstock.Ops.Security;

/// <summary>Keeps the keys of the session cookies in the workspace, so that sessions outlive a restart.</summary>
internal sealed class SessionKeys(IOptions<SecurityOptions> options, ILoggerFactory loggers) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions keys)
    {
        keys.XmlRepository = options.Value.KeysFolder is { } folder
            ? new FileSystemXmlRepository(Directory.CreateDirectory(folder), loggers)
            : new EphemeralKeys();
    }

    /// <summary>Keys that end with the process, for tests.</summary>
    private sealed class EphemeralKeys : IXmlRepository
    {
        private readonly List<System.Xml.Linq.XElement> _elements = [];

        public IReadOnlyCollection<System.Xml.Linq.XElement> GetAllElements() => _elements;

        public void StoreElement(System.Xml.Linq.XElement element, string friendlyName) => _elements.Add(element);
    }
}
