using Penstock.Engine.Protection;

namespace Penstock.Server.Workspaces.Configuration;

public sealed class SecuritySettings
{
    [Setting("masked_fields", "Names of members whose values no view and no log shows; a name that ends in one fits too.")]
    public IReadOnlyList<string> MaskedFields { get; set; } = SecretMask.UsualFields;
}
