package change

// Kind tells the changes apart without a type switch.
type Kind uint8

// One kind per struct.
const (
	KindOpaque Kind = iota
	KindCreateTable
	KindDropTable
	KindRenameTable
	KindTruncate
	KindAddColumn
	KindDropColumn
	KindRenameColumn
	KindAlterColumnType
	KindModifyColumn
	KindSetNotNull
	KindDropNotNull
	KindColumnDefault
	KindAlterGenerated
	KindColumnOption
	KindAddConstraint
	KindValidateConstraint
	KindDropConstraint
	KindAlterConstraint
	KindRenameConstraint
	KindCreateIndex
	KindDropIndex
	KindRenameIndex
	KindAlterIndex
	KindReindex
	KindTableOption
	KindConvertCharset
	KindAttachPartition
	KindDetachPartition
	KindPartitionOp
	KindCreateTrigger
	KindDropTrigger
	KindInsert
	KindUpdate
	KindDelete
	KindSelect
	KindLockTable
	KindMaintain
	KindTxControl
	KindSetOption
	KindObject
	KindCount // how many there are
)

// Kind is KindOpaque.
func (*Opaque) Kind() Kind { return KindOpaque }

// Kind is KindCreateTable.
func (*CreateTable) Kind() Kind { return KindCreateTable }

// Kind is KindDropTable.
func (*DropTable) Kind() Kind { return KindDropTable }

// Kind is KindRenameTable.
func (*RenameTable) Kind() Kind { return KindRenameTable }

// Kind is KindTruncate.
func (*Truncate) Kind() Kind { return KindTruncate }

// Kind is KindAddColumn.
func (*AddColumn) Kind() Kind { return KindAddColumn }

// Kind is KindDropColumn.
func (*DropColumn) Kind() Kind { return KindDropColumn }

// Kind is KindRenameColumn.
func (*RenameColumn) Kind() Kind { return KindRenameColumn }

// Kind is KindAlterColumnType.
func (*AlterColumnType) Kind() Kind { return KindAlterColumnType }

// Kind is KindModifyColumn.
func (*ModifyColumn) Kind() Kind { return KindModifyColumn }

// Kind is KindSetNotNull.
func (*SetNotNull) Kind() Kind { return KindSetNotNull }

// Kind is KindDropNotNull.
func (*DropNotNull) Kind() Kind { return KindDropNotNull }

// Kind is KindColumnDefault.
func (*ColumnDefault) Kind() Kind { return KindColumnDefault }

// Kind is KindAlterGenerated.
func (*AlterGenerated) Kind() Kind { return KindAlterGenerated }

// Kind is KindColumnOption.
func (*ColumnOption) Kind() Kind { return KindColumnOption }

// Kind is KindAddConstraint.
func (*AddConstraint) Kind() Kind { return KindAddConstraint }

// Kind is KindValidateConstraint.
func (*ValidateConstraint) Kind() Kind { return KindValidateConstraint }

// Kind is KindDropConstraint.
func (*DropConstraint) Kind() Kind { return KindDropConstraint }

// Kind is KindAlterConstraint.
func (*AlterConstraint) Kind() Kind { return KindAlterConstraint }

// Kind is KindRenameConstraint.
func (*RenameConstraint) Kind() Kind { return KindRenameConstraint }

// Kind is KindCreateIndex.
func (*CreateIndex) Kind() Kind { return KindCreateIndex }

// Kind is KindDropIndex.
func (*DropIndex) Kind() Kind { return KindDropIndex }

// Kind is KindRenameIndex.
func (*RenameIndex) Kind() Kind { return KindRenameIndex }

// Kind is KindAlterIndex.
func (*AlterIndex) Kind() Kind { return KindAlterIndex }

// Kind is KindReindex.
func (*Reindex) Kind() Kind { return KindReindex }

// Kind is KindTableOption.
func (*TableOption) Kind() Kind { return KindTableOption }

// Kind is KindConvertCharset.
func (*ConvertCharset) Kind() Kind { return KindConvertCharset }

// Kind is KindAttachPartition.
func (*AttachPartition) Kind() Kind { return KindAttachPartition }

// Kind is KindDetachPartition.
func (*DetachPartition) Kind() Kind { return KindDetachPartition }

// Kind is KindPartitionOp.
func (*PartitionOp) Kind() Kind { return KindPartitionOp }

// Kind is KindCreateTrigger.
func (*CreateTrigger) Kind() Kind { return KindCreateTrigger }

// Kind is KindDropTrigger.
func (*DropTrigger) Kind() Kind { return KindDropTrigger }

// Kind is KindInsert.
func (*Insert) Kind() Kind { return KindInsert }

// Kind is KindUpdate.
func (*Update) Kind() Kind { return KindUpdate }

// Kind is KindDelete.
func (*Delete) Kind() Kind { return KindDelete }

// Kind is KindSelect.
func (*Select) Kind() Kind { return KindSelect }

// Kind is KindLockTable.
func (*LockTable) Kind() Kind { return KindLockTable }

// Kind is KindMaintain.
func (*Maintain) Kind() Kind { return KindMaintain }

// Kind is KindTxControl.
func (*TxControl) Kind() Kind { return KindTxControl }

// Kind is KindSetOption.
func (*SetOption) Kind() Kind { return KindSetOption }

// Kind is KindObject.
func (*Object) Kind() Kind { return KindObject }
