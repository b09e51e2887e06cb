using System.Data.Common;
using Penstock.Engine.Enqueueing;
using Penstock.Sql;

namespace OrderDesk;

/// <summary>The program's own tables, in the file that also holds the jobs.</summary>
internal sealed class OrderStore(SqlDatabase database, TimeProvider time)
{
    private const string InsertSql = """
        insert into orders (id, customer, item, quantity, job_id) values (@id, @customer, @item, @quantity, @job_id)
        """;

    private const string TakeSql = "update stock set quantity = quantity - @quantity where item = @item and quantity >= @quantity";

    private const string ReadSql = """
        select o.id, o.customer, o.item, o.quantity, o.job_id, c.text
          from orders o left join confirmation c on c.order_id = o.id
         where @id is null or o.id = @id
         order by o.id
        """;

    private const string ConfirmSql = "insert into confirmation (order_id, text) values (@id, @text) on conflict (order_id) do nothing";

    private const string StampSql = "update orders set confirmed_at = @now where id = @id and confirmed_at is null";

    #region ado
    /// <summary>Plain ADO.NET on the transaction that the job is enqueued in.</summary>
    public static async Task InsertAsync(JobTransaction transaction, Order order, CancellationToken cancellationToken)
    {
        await using DbCommand insert = transaction.CreateCommand();
        insert.CommandText = InsertSql;
        Bind(insert, "@id", order.Id.ToString());
        Bind(insert, "@customer", order.Customer);
        Bind(insert, "@item", order.Item);
        Bind(insert, "@quantity", order.Quantity);
        Bind(insert, "@job_id", order.JobId.ToString());
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }
    #endregion

    /// <returns>False: there is not enough.</returns>
    public static async Task<bool> TakeFromStockAsync(JobTransaction transaction, string item, int quantity, CancellationToken cancellationToken)
    {
        await using DbCommand take = transaction.CreateCommand();
        take.CommandText = TakeSql;
        Bind(take, "@item", item);
        Bind(take, "@quantity", quantity);
        return await take.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Writes of this process share commits with the engine's own.</summary>
    public Task ConfirmAsync(Guid id, string text, CancellationToken cancellationToken) => database.WriteAsync(
        async (session, token) =>
        {
            using SqlStatement confirm = session.Statement(ConfirmSql).Bind("id", id).Bind("text", text);
            await confirm.ExecuteAsync(token);
            using SqlStatement stamp = session.Statement(StampSql).Bind("id", id).Bind("now", time.GetUtcNow());
            await stamp.ExecuteAsync(token);
        },
        cancellationToken);

    public async Task<Order?> FindAsync(Guid id, CancellationToken cancellationToken) => (await ReadAsync(id, cancellationToken)).FirstOrDefault();

    public async Task<IReadOnlyList<Order>> ListAsync(CancellationToken cancellationToken) => await ReadAsync(null, cancellationToken);

    private Task<List<Order>> ReadAsync(Guid? id, CancellationToken cancellationToken) => database.ReadAsync(
        async (session, token) =>
        {
            using SqlStatement read = session.Statement(ReadSql).Bind("id", (object?)id);
            return await read.QueryAsync(
                row => new Order(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetGuid(4), row.TextOrNull(5)), token);
        },
        cancellationToken);

    private static void Bind(DbCommand command, string name, object value)
    {
        DbParameter parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
