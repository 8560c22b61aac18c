package dev.mmureplay.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mmureplay.event.EventSchema;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
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
 * Columns that are filled row by row and handed to DuckDB, without a copy, whenever they are full.
 * Numbers are 64 bits wide here; DuckDB narrows them to the table's types.
 */
final class StagedTable implements AutoCloseable {
  static final int ROWS = 65_536;

  /** One column. */
  record Column(String name, ArrowType type) {
    static Column signed(String name) {
      return new Column(name, new ArrowType.Int(64, true));
    }

    static Column unsigned(String name) {
      return new Column(name, new ArrowType.Int(64, false));
    }

    static Column text(String name) {
      return new Column(name, ArrowType.Utf8.INSTANCE);
    }
  }

  private final DuckDBConnection connection;
  private final BufferAllocator allocator;
  private final String view;
  private final String insert;
  private final VectorSchemaRoot root;
  private final FieldVector[] vectors;
  private int row;

  /**
   * Allocates the columns.
   *
   * @param view name of the view under which DuckDB sees them
   * @param insert the statement that moves them into their table
   */
  StagedTable(
      DuckDBConnection connection,
      BufferAllocator allocator,
      String view,
      String insert,
      List<Column> columns) {
    this.connection = connection;
    this.allocator = allocator;
    this.view = view;
    this.insert = insert;
    List<Field> fields = new ArrayList<>();
    for (Column column : columns) {
      fields.add(new Field(column.name, FieldType.nullable(column.type), null));
    }
    root = VectorSchemaRoot.create(new Schema(fields), allocator);
    vectors = root.getFieldVectors().toArray(new FieldVector[0]);
    for (FieldVector vector : vectors) {
      vector.setInitialCapacity(ROWS);
      vector.allocateNew();
    }
  }

  /** Sets a number of the current row; {@link EventSchema#UNKNOWN} becomes NULL. */
  void set(int column, long value) {
    if (value == EventSchema.UNKNOWN) {
      BitVectorHelper.unsetBit(vectors[column].getValidityBuffer(), row);
    } else {
      setBits(column, value);
    }
  }

  /** Sets a number of the current row, of which every value is known. */
  void setBits(int column, long value) {
    ArrowBuf data = vectors[column].getDataBuffer();
    data.setLong((long) row * Long.BYTES, value);
    BitVectorHelper.setBit(vectors[column].getValidityBuffer(), row);
  }

  /** Sets a truth value of the current row. */
  void set(int column, boolean value) {
    setBits(column, value ? 1 : 0);
  }

  /** Sets a text of the current row. */
  void set(int column, String value) {
    ((VarCharVector) vectors[column]).setSafe(row, value.getBytes(UTF_8));
  }

  /** Ends the current row, of which every column has been set. */
  void endRow() throws SQLException {
    row++;
    if (row == ROWS) {
      flush();
    }
  }

  /** Moves all rows into the table. */
  void flush() throws SQLException {
    if (row == 0) {
      return;
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
    for (FieldVector vector : vectors) {
      if (vector instanceof VarCharVector) {
        vector.reset();
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
