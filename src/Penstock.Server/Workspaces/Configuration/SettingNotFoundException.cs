using Penstock.Engine;

namespace Penstock.Server.Workspaces.Configuration;

public sealed class SettingNotFoundException(string key, string suggestion) : PenstockException(
    "setting-not-found", $"There is no setting {key}.{suggestion} 'penstock config show' lists all settings.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}
