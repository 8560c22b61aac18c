package dev.mmureplay.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mmureplay.event.EventSchema;
import java.nio.ByteOrder;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBConnection;

/**
 * Columns that are filled row by row and handed to DuckDB as an Arrow stream whenever they are
 * full. Numbers are 64 bits wide here; DuckDB narrows them to the table's types.
 */
final class StagedTable implements AutoCloseable {
  /** One column. In a nullable column of numbers, {@link EventSchema#UNKNOWN} stands for NULL. */
  record Column(String name, ArrowType type, boolean nullable) {
    private static final ArrowType SIGNED = new ArrowType.Int(64, true);
    private static final ArrowType UNSIGNED = new ArrowType.Int(64, false);

    static Column number(String name) {
      return new Column(name, SIGNED, false);
    }

    static Column numberOrNull(String name) {
      return new Column(name, SIGNED, true);
    }

    static Column unsigned(String name) {
      return new Column(name, UNSIGNED, false);
    }

    static Column unsignedOrNull(String name) {
      return new Column(name, UNSIGNED, true);
    }

    static Column text(String name) {
      return new Column(name, ArrowType.Utf8.INSTANCE, false);
    }
  }

  private final DuckDBConnection connection;
  private final BufferAllocator allocator;
  private final String view;
  private final String insert;
  private final int rows;
  private final List<Column> columns;
  private final long[][] numbers;
  private final VectorSchemaRoot root;
  private int row;

  /**
   * Allocates the columns.
   *
   * @param view name of the view under which DuckDB sees them
   * @param rows how many rows they hold
   * @param insert the statement that moves them into their table
   */
  StagedTable(
      DuckDBConnection connection,
      BufferAllocator allocator,
      String view,
      int rows,
      String insert,
      List<Column> columns) {
    this.connection = connection;
    this.allocator = allocator;
    this.view = view;
    this.rows = rows;
    this.insert = insert;
    this.columns = List.copyOf(columns);
    List<Field> fields = new ArrayList<>();
    for (Column column : columns) {
      fields.add(new Field(column.name, FieldType.nullable(column.type), null));
    }
    root = VectorSchemaRoot.create(new Schema(fields), allocator);
    numbers = new long[columns.size()][];
    for (int i = 0; i < numbers.length; i++) {
      boolean text = root.getVector(i) instanceof VarCharVector;
      numbers[i] = new long[text ? 0 : rows];
      root.getVector(i).setInitialCapacity(rows);
      root.getVector(i).allocateNew();
    }
  }

  /**
   * Returns SQL for the name of the constant whose number is in a column; a join takes twice the
   * time.
   */
  static <T> String named(String column, T[] values, Function<T, String> name) {
    return Arrays.stream(values)
        .map(value -> "'" + name.apply(value) + "'")
        .collect(Collectors.joining(", ", "[", "][" + column + " + 1]"));
  }

  /** Sets a number of the current row. */
  void set(int column, long value) {
    numbers[column][row] = value;
  }

  /** Sets a truth value of the current row. */
  void set(int column, boolean value) {
    numbers[column][row] = value ? 1 : 0;
  }

  /** Sets a text of the current row. */
  void set(int column, String value) {
    ((VarCharVector) root.getVector(column)).setSafe(row, value.getBytes(UTF_8));
  }

  /** Ends the current row, of which every column has been set. */
  void endRow() throws SQLException {
    row++;
    if (row == rows) {
      flush();
    }
  }

  /** Moves all rows into the table. */
  void flush() throws SQLException {
    if (row == 0) {
      return;
    }
    for (int i = 0; i < numbers.length; i++) {
      if (!(root.getVector(i) instanceof VarCharVector)) {
        copy(numbers[i], root.getVector(i), columns.get(i).nullable);
      }
    }
    root.setRowCount(row);
    try (ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
      Data.exportArrayStream(allocator, new OneBatch(allocator, root), stream);
      connection.registerArrowStream(view, stream);
      try (Statement statement = connection.createStatement()) {
        statement.execute(insert);
      }
    }
    row = 0;
    for (FieldVector vector : root.getFieldVectors()) {
      if (vector instanceof VarCharVector) {
        vector.reset();
      }
    }
  }

  private void copy(long[] values, FieldVector vector, boolean nullable) {
    ArrowBuf data = vector.getDataBuffer();
    data.nioBuffer(0, row * Long.BYTES)
        .order(ByteOrder.nativeOrder())
        .asLongBuffer()
        .put(values, 0, row);
    ArrowBuf validity = vector.getValidityBuffer();
    validity.setOne(0L, (row + 7L) / 8);
    if (nullable) {
      for (int i = 0; i < row; i++) {
        if (values[i] == EventSchema.UNKNOWN) {
          BitVectorHelper.unsetBit(validity, i);
        }
      }
    }
  }

  @Override
  public void close() {
    root.close();
  }

  /** The columns as a stream of one batch. They stay ours, so nothing is closed with it. */
  private static final class OneBatch extends ArrowReader {
    private final VectorSchemaRoot batch;
    private boolean read;

    OneBatch(BufferAllocator allocator, VectorSchemaRoot batch) {
      super(allocator);
      this.batch = batch;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() {
      return batch;
    }

    @Override
    public boolean loadNextBatch() {
      boolean more = !read;
      read = true;
      return more;
    }

    @Override
    public long bytesRead() {
      return 0;
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() {
      return batch.getSchema();
    }
  }
}
