using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Deletes many rows without holding the write lock for long.</summary>
internal static class ChunkedDelete
{
    /// <param name="sql">Deletes at most @limit rows that belong to @id.</param>
    /// <returns>Rows deleted in all.</returns>
    public static async Task<long> DeleteInPartsAsync(
        this SqlDatabase database, string sql, Guid id, int rowsPerWrite, CancellationToken cancellationToken)
    {
        long total = 0;
        while (true)
        {
            int deleted = await database.WriteAsync(
                async (session, token) =>
                {
                    using SqlStatement statement = session.Statement(sql).Bind("id", id).Bind("limit", rowsPerWrite);
                    return await statement.ExecuteAsync(token);
                },
                cancellationToken);
            total += deleted;
            if (deleted < rowsPerWrite)
                return total;
        }
    }
}
