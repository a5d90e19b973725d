// Drag and drop for the designers.
import Sortable from "sortablejs";

export { Sortable };
